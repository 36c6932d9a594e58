/*
 * tables.h - the tables of the stream that are not datasets: their names and columns.
 *
 * What extract found out about its sources, and what transform worked out, travel as tables of the
 * same stream as the records. Readers find columns by name, so a column may be added here without
 * a change to those who do not need it. Dates and months are ISO; "shown" columns are the text a
 * person reads.
 */
#ifndef MONTHEND_TABLES_H
#define MONTHEND_TABLES_H

/* ---- from extract; transform passes them on ---- */

/* One row for each sheet and dataset that it feeds: read = accepted + rejected + ignored; merged
 * is filled in by transform and counts rows out of accepted. `source` is the number of #source;
 * `absent` names, separated by ", ", the fields whose columns the sheet does not have. */
#define TABLE_SOURCE_COUNT "source_count"
#define COLUMNS_SOURCE_COUNT                                                                       \
    "source:number section:text dataset:text format:text read:number "                             \
    "accepted:number rejected:number ignored:number merged:number absent:text"
/* A row that could not be taken, or (ignored, note, merge) a remark about one. `column` is the
 * letters of the spreadsheet, "" when it is about the whole row. No cell's value stands here. */
#define TABLE_REMARK   "remark"
#define COLUMNS_REMARK "outcome:category dataset:text column:text field:text code:text @:at"
/* outcome: reject, ignored, note, merge */

/* A column that no source has a use for. */
#define TABLE_UNMAPPED   "unmapped"
#define COLUMNS_UNMAPPED "source:number column:text header:text"

/* A column of a sheet that a source was found on: its header, and the fields that are read from it,
 * "missing_episode.kind,missing_episode.from". `run` compares them with last time's. */
#define TABLE_HEADER   "header"
#define COLUMNS_HEADER "source:number column:text header:text fields:text"

/* ---- from transform ---- */

/* One row: what the workbook is about. months: how many, the last of them `month`;
 * unlisted_children: how many children rows name that are in no list of children. */
#define TABLE_REPORT "report"
#define COLUMNS_REPORT                                                                             \
    "authority:text marking:text month:month as_at:date months:number "                            \
    "unlisted_children:number"

/* One row an indicator, in the order of the definition files. unit: percent, number, average;
 * better: high, low; scorecard: yes, no. population, period and test are sentences made from the
 * definition; datasets names what it is computed from, separated by ", "; target_shown is as the
 * definition says it ("80% until 2019-03, 95%"). pool names the indicators that it adds up, "QA 6,
 * QA 7"; overlapping the dimensions that are read from the same rows, so that a member of one may
 * be made of members of another, "team, service; kind, place". defined is file:line. detail_title
 * and detail_target are what the table of its section shows instead of title and target, where the
 * two differ. */
#define TABLE_INDICATOR "indicator"
#define COLUMNS_INDICATOR                                                                          \
    "code:id section:text title:text unit:category better:category "                               \
    "scorecard:flag target_shown:text population:text period:text "                                \
    "test:text settles:text from:month datasets:text note:text defined:text "                      \
    "detail_title:text detail_target:text pool:text overlapping:text"

/* What was counted: numerator and denominator are decimals, exact to four places; a count has no
 * denominator. state: value, none (no base), tbc, blank (before `from`), no data (no source feeds a
 * dataset that it is computed from), suppressed (by publish). dimension and member are empty for
 * the authority as a whole. place: of the member among those that its dimension declares, from 1,
 * with "not recorded" behind them; "" where they are by name.
 */
#define TABLE_MEASURE "measure"
#define COLUMNS_MEASURE                                                                            \
    "code:id month:month dimension:text member:text numerator:number "                             \
    "denominator:number state:category place:number"

/* What is shown: value is a number for a cell (0.67 for 67%, 16.2, 41), empty unless state is
 * value; shown is its text ("67%", "-", "TBC *", "", "no data"); target is a number likewise
 * (empty: none); change is against the month before ("Up 9pp", "No change", ""); rag is Green,
 * Amber, Red or Grey. An indicator that settles late carries the rating of its latest known month.
 */
#define TABLE_RESULT "result"
#define COLUMNS_RESULT                                                                             \
    "code:id month:month state:category value:number shown:text "                                  \
    "target:number target_shown:text change:text rag:category"

/* A row to put right, of the indicator's latest known month: one that is counted and not met (met,
 * where low is better), or that could not be counted (no weight). The most urgent first within each
 * indicator. record is the row's own identifier; service, team and worker are those who hold the
 * child's case on the last day of the month, by name. lacking says what the test looks for, last
 * the latest of it, due the day it had to be there, done the day it was, late or after the month's
 * end, and overdue the days from due to done or to the as-at date; dated is the row's own date.
 * Each is empty when there is none. These rows are about single children. */
#define TABLE_EXCEPTION "exception"
#define COLUMNS_EXCEPTION                                                                          \
    "code:id month:month reason:text child:id record:id service:text team:text worker:text "       \
    "lacking:text dated:date last:date due:date overdue:number done:date @:at"

/* Cases and full-time equivalents behind an average, of each worker in each team, on the last day
 * of the report's month. */
#define TABLE_CASELOAD "caseload"
#define COLUMNS_CASELOAD                                                                           \
    "code:id service:text team:text worker:text cases:number equivalents:number"

/* The datasets commentary and reported_figure, where a source feeds them, follow as tables of their
 * own names with all of their fields and @. */
#define TABLE_COMMENTARY "commentary"
#define TABLE_FIGURE     "reported_figure"

/* ---- from transform --trace: a stream of its own, which run keeps for next month ---- */

/* One row: the months that the bits of the marks stand for, from the lowest bit. */
#define TABLE_MARKED_MONTHS   "marked_months"
#define COLUMNS_MARKED_MONTHS "first:month months:number"
/* The indicators, in the order that the marks number them, from 0. */
#define TABLE_MARKED_INDICATOR   "marked_indicator"
#define COLUMNS_MARKED_INDICATOR "code:id"
/* Every row of every dataset that an indicator counts: a fingerprint of its key, and
 * "INDICATOR:COUNTED:MET,..." with the months in hexadecimal bits. */
#define TABLE_MARKED_ROW   "marked_row"
#define COLUMNS_MARKED_ROW "row:id marks:text"

/* ---- from tracker: a report of its own, of one week ---- */

/* Two rows: the week, and the one before. last is the day that everything is seen on. */
#define TABLE_WEEK "week"
#define COLUMNS_WEEK                                                                               \
    "week:text first:date last:date children:number episodes:number hours:number missing:number"

/* A check, how often it was asked and met in the week and in the one before. fed: some source feeds
 * what it asks. */
#define TABLE_TRACKER_CHECK "tracker_check"
#define COLUMNS_TRACKER_CHECK                                                                      \
    "code:id title:text fed:flag asked:number met:number asked_before:number met_before:number"

/* A child who was missing in the week. started is of the latest episode, missing whether it goes
 * on; answers has "met/asked" for each check in turn, separated by blanks. Rows about single
 * children. */
#define TABLE_TRACKER "tracker"
#define COLUMNS_TRACKER                                                                            \
    "child:id episodes:number hours:number started:time missing:flag from:text placement:text "    \
    "service:text team:text worker:text answers:text gaps:number @:at"

/* ---- from run: a stream of its own behind that of transform ---- */

/* A cell of an earlier month that shows another text than the last published report of an earlier
 * month does: both texts, that report's as-at date, and how many rows behind the cell are new in
 * the exports, are gone from them, or are in both and count otherwise than they did; empty where
 * the rows of that report are not kept any more. */
#define TABLE_RESTATEMENT "restatement"
#define COLUMNS_RESTATEMENT                                                                        \
    "code:id month:month published:text now:text published_on:date added:number removed:number "   \
    "changed:number"

#endif
