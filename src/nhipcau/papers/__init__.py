"""Papers: a meeting's invitation, run sheet and responsibility table as an office issues them.

    Invitation, RunSheet,   ── wording ──▶ Sheet ─┬─ pdf   (Typst)   ──▶ PDF
    Responsibilities                              └─ docx  (OOXML)   ──▶ DOCX
    CalendarEntry           ── calendar ─────────────────────────────▶ .ics

What a paper says is worked out once, as a `Sheet` of paragraphs and tables; both files are set from
it in the form of Decree 30/2020/NĐ-CP, Annex I. The typeface is Liberation Serif, whose letters are
as wide as those of Times New Roman; a DOCX asks for Times New Roman itself.
"""
