#include "transforms/grade.h"

#include <inttypes.h>
#include <stdio.h>

/* numerator / denominator in 1/scale parts, half up. Both are sums of ten-thousandths of at most a
 * few million rows, so the product fits. */
static int64_t round_half_up(int64_t numerator, int64_t denominator, int64_t scale)
{
    return (2 * scale * numerator + denominator) / (2 * denominator);
}

decimal_t grade_value(const struct indicator *indicator, const struct measure *measure)
{
    if (measure->state != STATE_VALUE)
        return NO_DECIMAL;
    switch (indicator->unit) {
    case UNIT_PERCENT:
        return round_half_up(measure->numerator, measure->denominator, 100) * DECIMAL_ONE;
    case UNIT_AVERAGE:
        return round_half_up(measure->numerator, measure->denominator, 10) * (DECIMAL_ONE / 10);
    case UNIT_NUMBER:
        return round_half_up(measure->numerator, DECIMAL_ONE, 1) * DECIMAL_ONE;
    }
    return NO_DECIMAL;
}

/* An amount in its unit, without a sign: "67%", "16.2", "41". */
static void amount_text(enum measure_unit unit, decimal_t value, const char *percent, char *out)
{
    int64_t whole = value / DECIMAL_ONE;
    if (unit == UNIT_AVERAGE)
        snprintf(out, GRADE_TEXT_SIZE, "%" PRId64 ".%" PRId64, whole,
                 value % DECIMAL_ONE / (DECIMAL_ONE / 10));
    else
        snprintf(out, GRADE_TEXT_SIZE, "%" PRId64 "%s", whole, unit == UNIT_PERCENT ? percent : "");
}

void grade_shown(const struct indicator *indicator, const struct measure *measure, char *out)
{
    switch (measure->state) {
    case STATE_VALUE:
        amount_text(indicator->unit, grade_value(indicator, measure), "%", out);
        break;
    case STATE_NONE:
        snprintf(out, GRADE_TEXT_SIZE, "-");
        break;
    case STATE_TBC:
        snprintf(out, GRADE_TEXT_SIZE, "TBC *");
        break;
    case STATE_BLANK:
        *out = '\0';
        break;
    case STATE_NO_DATA:
        snprintf(out, GRADE_TEXT_SIZE, "no data");
    }
}

void grade_change(const struct indicator *indicator, decimal_t before, decimal_t now, char *out)
{
    *out = '\0';
    if (before == NO_DECIMAL || now == NO_DECIMAL)
        return;
    if (before == now) {
        snprintf(out, GRADE_TEXT_SIZE, "No change");
        return;
    }
    char amount[GRADE_TEXT_SIZE];
    amount_text(indicator->unit, now > before ? now - before : before - now, "pp", amount);
    snprintf(out, GRADE_TEXT_SIZE, "%s %.20s", now > before ? "Up" : "Down", amount);
}

enum rag grade_rag(const struct indicator *indicator, const struct target *target, decimal_t value)
{
    if (!target || value == NO_DECIMAL)
        return RAG_GREY;
    decimal_t miss = indicator->lower_is_better ? value - target->value : target->value - value;
    if (miss <= 0)
        return RAG_GREEN;
    bool tolerated = indicator->amber_is_amount
                         ? miss <= indicator->amber
                         : miss * 100 * DECIMAL_ONE <= target->value * indicator->amber;
    return tolerated ? RAG_AMBER : RAG_RED;
}

const char *rag_name(enum rag rag)
{
    static const char *const names[] = {"Grey", "Green", "Amber", "Red"};
    return names[rag];
}

decimal_t grade_number(const struct indicator *indicator, decimal_t value)
{
    if (value == NO_DECIMAL || indicator->unit != UNIT_PERCENT)
        return value;
    return value / 100;
}
