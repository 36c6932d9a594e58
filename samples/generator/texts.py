"""What comes ready made: commentary and actions, education figures, and targets by date."""
import datetime

JULY = datetime.date(2019, 7, 31)

# Section, kind, text, owner, due, status.
COMMENTARY = [
    ("Children in need", "Commentary", "689 children are in need, the fewest since November 2018.",
     None, None, None),
    ("Children in need", "Commentary", "Visits are back at 77%. The fall in June was in two teams whose "
     "workers were in court; both have caught up since.", None, None, None),
    ("Children in need", "Commentary", "Reviews are better than in any month of the year before, but "
     "plans are not written up after them.", None, None, None),
    ("Children in need", "Action", "Go through every plan that was not updated after its last review",
     "Head of Social Work with Families", datetime.date(2019, 9, 30), "In progress"),
    ("Children in need", "Action", "Look at each case open for more than six months",
     "Service managers", datetime.date(2019, 8, 30), "In progress"),
    ("Children looked after", "Commentary", "Education plans are above their target for the first time; "
     "all that are outstanding have a date.", None, None, None),
    ("Children looked after", "Commentary", "Pathway plans improve, slowly: the form is long.\n"
     "A shorter one is being tried in one team.", None, None, None),
    ("Children looked after", "Commentary", "Dental checks of the under fives and the over sixteens hold "
     "the figure down.", None, None, None),
    ("Children looked after", "Action", "Bring the shorter pathway plan into CaseFile",
     "CaseFile support", datetime.date(2019, 9, 30), "Not started"),
    ("Children looked after", "Action", "Agree with health how a first assessment is asked for within "
     "three days", "Head of Children Looked After", datetime.date(2019, 8, 31), "In progress"),
    ("Fostering", "Commentary", "Visits to households fell to 64%. Three supervising workers were away in "
     "July.", None, None, None),
    ("Fostering", "Action", "Send each team manager the list of overdue visits every Monday",
     "Performance", datetime.date(2019, 7, 29), "Done"),
    ("Missing", "Commentary", "Risk assessments are almost complete since the weekly tracker goes to team "
     "managers; strategy discussions are not.", None, None, None),
    ("Missing", "Action", "Hold a strategy discussion for each child on the tracker twice running",
     "Team managers", datetime.date(2019, 8, 16), "In progress"),
]
# Of June, to show that each month has its own.
COMMENTARY_OF_JUNE = [
    ("Fostering", "Commentary", "Visits hold at 78%.", None, None, None),
]

# Indicator, frequency, period, value, unit.
TERM, TERM_BEFORE, MONTHS = "Autumn & Spring 2018/19", "Autumn 2017/18", "Sep 2018 - Jul 2019"
FIGURES = [
    ("Absence rate (primary)", "Termly", TERM, 4.9, "%"),
    ("Absence rate (secondary)", "Termly", TERM, 4.6, "%"),
    ("Absence rate of looked-after children (primary)", "Termly", TERM_BEFORE, 2.5, "%"),
    ("Absence rate of looked-after children (secondary)", "Termly", TERM_BEFORE, 6.2, "%"),
    ("Persistently absent (primary)", "Termly", TERM, 11.8, "%"),
    ("Persistently absent (secondary)", "Termly", TERM, 10.5, "%"),
    ("Persistently absent looked-after children (primary)", "Termly", TERM_BEFORE, 3.9, "%"),
    ("Persistently absent looked-after children (secondary)", "Termly", TERM_BEFORE, 12.4, "%"),
    ("Fixed-term exclusions (primary)", "Monthly", MONTHS, 400, "pupils"),
    ("Fixed-term exclusions (secondary)", "Monthly", MONTHS, 892, "pupils"),
    ("Fixed-term exclusions of looked-after children (primary)", "Monthly", MONTHS, 17, "pupils"),
    ("Fixed-term exclusions of looked-after children (secondary)", "Monthly", MONTHS, 18, "pupils"),
    ("Permanent exclusions (primary)", "Monthly", MONTHS, 6, "pupils"),
    ("Permanent exclusions (secondary)", "Monthly", MONTHS, 38, "pupils"),
    ("Permanent exclusions of looked-after children (primary)", "Monthly", MONTHS, 1, "pupils"),
    ("Permanent exclusions of looked-after children (secondary)", "Monthly", MONTHS, 2, "pupils"),
]

# Indicator, from, value: what the definitions say since April, and what it was in the year before.
TARGETS = [
    ("MC 6", datetime.date(2018, 4, 1), 60),
    ("MC 6", datetime.date(2019, 4, 1), 65),
    ("W1 e", datetime.date(2018, 4, 1), 12),
    ("W1 e", datetime.date(2019, 4, 1), 14),
    ("FD 8", datetime.date(2018, 4, 1), 24),
    ("FD 8", datetime.date(2019, 4, 1), 22),
]
