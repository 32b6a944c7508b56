"""The look of a rehearsal's report; it is printed and put into files, so it is light."""

STYLE = """
:root { color: #0F1B2D; background: #F7F8FA; line-height: 1.5;
  font: 16px/1.5 "Be Vietnam Pro", "Noto Sans", system-ui, sans-serif }
body { margin: 0 }
main { max-width: 1280px; margin: 0 auto; padding: 32px 32px 64px }
#language { position: absolute; opacity: 0 }
#language:not(:checked) ~ main [lang=en], #language:checked ~ main [lang=vi] { display: none }
.language { float: right; color: #1667C7; cursor: pointer; text-decoration: underline }
#language:focus-visible ~ main .language { outline: 2px solid #1667C7; outline-offset: 4px }
header { display: flex; gap: 32px; align-items: flex-end; justify-content: space-between;
  clear: both; border-bottom: 1px solid #D6DCE5; padding-bottom: 16px }
h1 { font-size: 32px; line-height: 1.2; margin: 0 }
h2 { font-size: 20px; margin: 32px 0 8px }
p { margin: 4px 0; max-width: 100ch }
.meeting { font-size: 18px; font-weight: 600 }
.verdict { font-size: 32px; line-height: 1.2; font-weight: 700; white-space: nowrap;
  padding: 8px 24px; border: 3px solid; border-radius: 4px; background: #fff }
.verdict.pass, tr.pass .result { color: #12704A }
.verdict.fail, tr.fail .result { color: #8A3B06 }
tr.fail td:first-child { font-weight: 600; box-shadow: inset 4px 0 #B54708; padding-left: 12px }
table { border-collapse: collapse; width: 100%; background: #fff; border: 1px solid #D6DCE5;
  font-variant-numeric: tabular-nums }
th, td { text-align: right; padding: 6px 10px; border-top: 1px solid #D6DCE5; vertical-align: top }
th { font-weight: 600; font-size: 14px; color: #3D4B5F; white-space: nowrap }
td:first-child { min-width: 190px }
.sites td:nth-child(2) { white-space: nowrap }
th:first-child, td:first-child, .names, .limits th:last-child, .sites th:nth-child(2),
.sites td:nth-child(2) { text-align: left }
.result { font-weight: 600; white-space: nowrap }
.plots { display: grid; grid-template-columns: repeat(auto-fill, minmax(290px, 1fr)); gap: 16px }
figure { margin: 0; padding: 12px 16px; background: #fff; border: 1px solid #D6DCE5 }
figcaption { font-weight: 600; font-size: 14px }
svg { display: block; width: 100% } svg text { font-size: 14px; fill: #3D4B5F }
svg.strip { display: inline-block; width: 96px; height: 12px; margin-right: 8px;
  vertical-align: middle }
.key { font-size: 14px; margin-right: 16px; white-space: nowrap }
.rung { white-space: nowrap }
.key b { font-weight: 400 }
.key i { display: inline-block; width: 12px; height: 12px; margin-right: 6px }
@media print { .language { display: none } figure, tr { break-inside: avoid } }
"""
