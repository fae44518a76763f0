/** The look of the report. System fonts and no pictures: the file needs nothing but itself. */
export const STYLE: string = `
:root { color-scheme: light dark; --page: #fbfaf8; --card: #fff; --text: #22252a; --soft: #646b75; --line: #e3e1dc;
  --telar: #0b7a70; --limit: #3c4654; --loop: #b98a2f; --peer: #a9b4c2; --bad: #b3372b; --mark: #22252a; }
@media (prefers-color-scheme: dark) { :root { --page: #14171b; --card: #1b1f25; --text: #e7e9ec; --soft: #9aa3af;
  --line: #2d333b; --telar: #3fc5b5; --limit: #c3ccd8; --loop: #d9ab55; --peer: #566273; --bad: #f08a7d; --mark: #f4f5f7; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--page); color: var(--text);
  font: 16px/1.5 system-ui, -apple-system, 'Segoe UI', Roboto, sans-serif; }
main, header, footer { max-width: 60rem; margin: 0 auto; padding: 0 1rem; }
header { padding-top: 2rem; }
h1 { font-size: 1.7rem; line-height: 1.2; margin: 0 0 .4rem; }
h2 { font-size: 1.1rem; margin: 0; font-weight: 650; }
h2 small { font-weight: 400; color: var(--soft); font-size: .85rem; margin-left: .4rem; }
p { margin: .2rem 0 .6rem; }
.soft, figcaption, .notes { color: var(--soft); font-size: .85rem; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .1rem 1rem; font-size: .85rem; margin: 1rem 0; }
dt { color: var(--soft); } dd { margin: 0; overflow-wrap: anywhere; }
nav { display: flex; flex-wrap: wrap; gap: .4rem; margin: 1rem 0; }
nav a { padding: .15rem .65rem; border: 1px solid var(--line); border-radius: 1rem; color: inherit; text-decoration: none;
  font-size: .85rem; background: var(--card); }
nav a:hover { border-color: var(--telar); }
section { background: var(--card); border: 1px solid var(--line); border-radius: .6rem; padding: 1rem 1.1rem; margin: 1rem 0; }
figure { margin: .6rem 0; }
figcaption { margin-top: .3rem; }
ul.key, ul.legend { list-style: none; display: flex; flex-wrap: wrap; gap: .2rem 1.1rem; padding: 0; margin: .5rem 0; font-size: .85rem; }
.key i, .legend i { display: inline-block; width: .8rem; height: .8rem; border-radius: .2rem; margin-right: .4rem;
  vertical-align: -.08rem; background: var(--c); }
.telar { --c: var(--telar); } .limit { --c: var(--limit); } .loop { --c: var(--loop); } .peer { --c: var(--peer); }
ol.bars { list-style: none; margin: 0; padding: 0; font-size: .85rem; }
.bars li { display: grid; grid-template-columns: 13.5rem 1fr 4.6rem; gap: .6rem; align-items: center; min-height: 1.55rem; }
.bars .name { text-align: right; overflow-wrap: anywhere; line-height: 1.15; }
.bars .value { font-variant-numeric: tabular-nums; text-align: right; white-space: nowrap; }
.bars .telar .name, .bars .telar .value { font-weight: 650; color: var(--telar); }
.track { position: relative; height: 1rem; }
.track i { position: absolute; }
.bar { top: .12rem; bottom: .12rem; min-width: 2px; border-radius: .15rem; background: var(--c); }
.spread { top: calc(50% - .5px); height: 1px; min-width: 1px; background: var(--mark); }
.spread::before, .spread::after { content: ''; position: absolute; top: -3px; height: 7px; width: 1px; background: var(--mark); }
.spread::before { left: 0; } .spread::after { right: 0; }
.axis .track { border-top: 1px solid var(--line); margin-top: .15rem; }
.axis .track i { transform: translateX(-50%); font-style: normal; color: var(--soft); font-size: .72rem; top: .1rem; }
.axis .track i::before { content: ''; position: absolute; left: 50%; top: -.25rem; height: .25rem; width: 1px; background: var(--soft); }
.axis .track .one { color: var(--text); font-weight: 650; }
svg { display: block; width: 100%; max-width: 40rem; height: auto; }
svg text { fill: var(--soft); font-size: 11px; }
svg .grid { stroke: var(--line); stroke-width: 1; }
svg polyline { fill: none; stroke: var(--c); stroke-width: 2; stroke-linejoin: round; }
svg polygon { fill: var(--c); opacity: .18; } svg circle { fill: var(--c); }
details { margin-top: .5rem; } summary { cursor: pointer; color: var(--soft); font-size: .85rem; }
.scroll { overflow-x: auto; margin: .5rem 0; }
table { border-collapse: collapse; font-size: .82rem; font-variant-numeric: tabular-nums; }
th, td { padding: .22rem .7rem; border-bottom: 1px solid var(--line); text-align: right; white-space: nowrap; }
th:first-child, td:first-child { text-align: left; padding-left: 0; position: sticky; left: 0; background: var(--card); }
th { color: var(--soft); font-weight: 500; }
ul.notes { margin: .4rem 0 0; padding-left: 1.1rem; }
footer { padding: 1rem 1rem 3rem; }
@media (max-width: 40rem) {
  section { padding: .8rem .75rem; margin: .7rem 0; }
  .bars li { grid-template-columns: 1fr 4.4rem; gap: 0 .5rem; padding: .2rem 0; }
  .bars .name { grid-column: 1; text-align: left; } .bars .value { grid-column: 2; grid-row: 1; }
  .track { grid-column: 1 / -1; height: .8rem; }
  .axis .name, .axis .value { display: none; }
  dl { grid-template-columns: 1fr; } dd { margin-bottom: .35rem; }
}
`;
