#include "outputs/trend.h"

#include <math.h>
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

struct trend trend_of(const struct report *report, size_t indicator)
{
    struct trend trend = {0};
    int place = report->months - 1;
    while (place >= 0 && !value_at(report, indicator, place))
        place--;
    if (place < 0)
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

const char *trend_words(const struct report *report, size_t indicator, const struct trend *trend)
{
    if (!trend->now || !trend->earlier)
        return "";
    bool low = strcmp(report->indicators[indicator].better, "low") == 0;
    if (trend->course == 0)
        return "\u25BA steady";
    if (trend->course > 0)
        return low ? "\u25BC better" : "\u25B2 better";
    return low ? "\u25B2 worse" : "\u25BC worse";
}
