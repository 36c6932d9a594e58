#include "outputs/highlights.h"

#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

const char *highlight_title(enum highlight highlight)
{
    static const char *const titles[] = {"Going well or better", "Ones to watch",
                                         "Things to do better", ""};
    return titles[highlight];
}

enum highlight highlight_of(const struct report *report, size_t indicator)
{
    const struct result *now = report_now(report, indicator);
    struct trend trend = trend_of(report, indicator);
    if (!now->rag || !report->indicators[indicator].on_scorecard)
        return HIGHLIGHT_NONE;
    bool better = trend.course > 0 ? trend.change >= 0 : trend.course == 0 && trend.change > 0;
    bool worse = trend.course < 0 ? trend.change <= 0 : trend.course == 0 && trend.change < 0;
    if (strcmp(now->rag, "Green") == 0)
        return worse ? HIGHLIGHT_WATCH : HIGHLIGHT_WELL;
    if (strcmp(now->rag, "Amber") == 0)
        return better ? HIGHLIGHT_WELL : HIGHLIGHT_WATCH;
    if (strcmp(now->rag, "Red") == 0)
        return better ? HIGHLIGHT_WATCH : HIGHLIGHT_DO_BETTER;
    return HIGHLIGHT_NONE;
}

/* ---- order ---------------------------------------------------------------------------------- */

/* How far up its list an indicator stands. */
static double weight_of(const struct report *report, enum highlight highlight, size_t indicator)
{
    struct trend trend = trend_of(report, indicator);
    if (!trend.now || !trend.now->has_target || trend.now->target <= 0)
        return 0;
    const struct result *since = trend.earlier ? trend.earlier : trend.before;
    double distance = highlight == HIGHLIGHT_WELL ? (since ? trend.now->value - since->value : 0)
                                                  : trend.now->target - trend.now->value;
    if (strcmp(report->indicators[indicator].better, "low") == 0)
        distance = -distance;
    return distance / trend.now->target;
}

size_t highlight_list(const struct report *report, enum highlight highlight, size_t *indicators,
                      size_t most)
{
    size_t count = 0;
    size_t all = 0;
    for (size_t i = 0; i < report->indicator_count; i++) {
        if (highlight_of(report, i) != highlight)
            continue;
        all++;
        double weight = weight_of(report, highlight, i);
        size_t place = count;
        while (place > 0 && weight_of(report, highlight, indicators[place - 1]) < weight)
            place--;
        if (place == most)
            continue;
        size_t moved = (count < most ? count : most - 1) - place;
        memmove(&indicators[place + 1], &indicators[place], moved * sizeof *indicators);
        indicators[place] = i;
        count += count < most;
    }
    return all;
}

/* ---- words ---------------------------------------------------------------------------------- */

/* The title as the beginning of a sentence that has its figure behind it. */
static void add_subject(const char *title, struct buffer *out)
{
    static const char *const openings[] = {"Percentage of total ", "Percentage of ", "Percentage ",
                                           "% of "};
    for (size_t o = 0; o < sizeof openings / sizeof *openings; o++) {
        size_t length = strlen(openings[o]);
        if (strncmp(title, openings[o], length) == 0) {
            title += length;
            break;
        }
    }
    if (*title)
        buffer_add_char(out, (char)toupper((unsigned char)*title));
    if (*title)
        buffer_add_text(out, title + 1);
}

/* "up 4pp", of a change that is shown as "Up 4pp". */
static void add_change(const char *change, struct buffer *out)
{
    buffer_add_text(out, ", ");
    buffer_add_char(out, (char)tolower((unsigned char)*change));
    buffer_add_text(out, change + 1);
}

/* "; down 16pp since April": the difference of two values as they are shown. */
static void add_course(const struct report_indicator *indicator, const struct trend *trend,
                       struct buffer *out)
{
    double difference = trend->now->value - trend->earlier->value;
    char month[DATE_TEXT_SIZE];
    month_to_long(trend->earlier_month, month);
    month[strcspn(month, " ")] = '\0';
    buffer_format(out, "; %s ", difference > 0 ? "up" : "down");
    if (strcmp(indicator->unit, "percent") == 0)
        buffer_format(out, "%lldpp", llround(fabs(difference) * 100));
    else if (strcmp(indicator->unit, "average") == 0)
        buffer_format(out, "%lld.%lld", llround(fabs(difference) * 10) / 10,
                      llround(fabs(difference) * 10) % 10);
    else
        buffer_format(out, "%lld", llround(fabs(difference)));
    buffer_format(out, " since %s", month);
}

void highlight_sentence(const struct report *report, size_t number, struct buffer *out)
{
    const struct report_indicator *indicator = &report->indicators[number];
    struct trend trend = trend_of(report, number);
    add_subject(indicator->title, out);
    if (!trend.now)
        return;
    buffer_format(out, ": %s", trend.now->shown);
    if (trend.month != report->last) {
        char month[DATE_TEXT_SIZE];
        month_to_long(trend.month, month);
        buffer_format(out, " in %s, the latest known", month);
    }
    if (trend.now->change && *trend.now->change)
        add_change(trend.now->change, out);
    if (trend.now->has_target)
        buffer_format(out, ", target %s", trend.now->target_shown);
    if (trend.earlier && trend.course != 0)
        add_course(indicator, &trend, out);
}
