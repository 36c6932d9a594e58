#include "outputs/trend.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* Values are shown to a tenth, or a hundredth where they are percentages. */
static int compare_values(double a, double b)
{
    long long x = llround(a * 1000);
    long long y = llround(b * 1000);
    return (x > y) - (x < y);
}

static const struct result *value_at(const struct report *report, size_t indicator, int place)
{
    if (place < 0)
        return NULL;
    const struct result *result = &report->indicators[indicator].results[place];
    return result_has_value(result) ? result : NULL;
}

static bool has_state(const struct result *result, const char *state)
{
    return result->state && strcmp(result->state, state) == 0;
}

struct trend trend_of(const struct report *report, size_t indicator)
{
    struct trend trend = {0};
    int place = report->months - 1;
    while (place > 0 && has_state(&report->indicators[indicator].results[place], "tbc"))
        place--;
    if (!value_at(report, indicator, place))
        return trend;
    int good = strcmp(report->indicators[indicator].better, "low") == 0 ? -1 : 1;
    trend.now = value_at(report, indicator, place);
    trend.month = report_month(report, place);
    trend.before = value_at(report, indicator, place - 1);
    trend.earlier = value_at(report, indicator, place - TREND_MONTHS);
    trend.earlier_month = trend.month - TREND_MONTHS;
    if (trend.before)
        trend.change = good * compare_values(trend.now->value, trend.before->value);
    if (trend.earlier)
        trend.course = good * compare_values(trend.now->value, trend.earlier->value);
    return trend;
}

void trend_words(const struct report *report, size_t indicator, const struct trend *trend,
                 char out[TREND_TEXT_SIZE])
{
    int place = trend->now ? report_place(report, trend->earlier_month) : -1;
    bool low = strcmp(report->indicators[indicator].better, "low") == 0;
    char month[DATE_TEXT_SIZE];
    out[0] = '\0';
    if (place < 0)
        return;
    if (!trend->earlier) {
        const struct result *earlier = &report->indicators[indicator].results[place];
        month_to_short(trend->earlier_month, month);
        snprintf(out, TREND_TEXT_SIZE, "%s in %s", has_state(earlier, "suppressed") ? "c" : "none",
                 month);
    } else if (trend->course == 0) {
        snprintf(out, TREND_TEXT_SIZE, "\u25BA steady");
    } else {
        bool up = (trend->course > 0) != low;
        snprintf(out, TREND_TEXT_SIZE, "%s %s", up ? "\u25B2" : "\u25BC",
                 trend->course > 0 ? "better" : "worse");
    }
}
