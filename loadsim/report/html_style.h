// The page's style sheet; private to this folder. Colours are named once, for light and for dark.
#pragma once

namespace starling::report {

inline constexpr const char* kStyle = R"css(
:root{--bg:#fbfbfa;--card:#fff;--ink:#1c2126;--dim:#67707a;--rule:#e3e6e9;--s1:#1f77d0;--s2:#e0662a;--s3:#8a4fd0;
 --good:#14804a;--bad:#c62f2f;--warn:#a86400;color-scheme:light dark}
@media (prefers-color-scheme:dark){:root{--bg:#14171a;--card:#1c2024;--ink:#e6e9ec;--dim:#98a2ac;--rule:#30363c;
 --s1:#5aa9f4;--s2:#f2915f;--s3:#b58cf0;--good:#4cc38a;--bad:#f2706f;--warn:#e0a33e}}
*{box-sizing:border-box}
body{margin:0;background:var(--bg);color:var(--ink);font:15px/1.5 system-ui,"Segoe UI",Roboto,"DejaVu Sans",sans-serif}
main{max-width:1180px;margin:0 auto;padding:28px 20px 60px}
h1{font-size:26px;margin:0;letter-spacing:-.01em}
h2{font-size:15px;margin:0 0 8px}
.about{color:var(--dim);margin:2px 0 18px}
.verdict{display:flex;align-items:baseline;gap:12px;flex-wrap:wrap;padding:14px 18px;border-radius:10px;margin-bottom:18px;
 border:1px solid var(--rule);border-left:6px solid var(--tone);background:var(--card)}
.verdict b{font-size:19px;color:var(--tone)}
.good{--tone:var(--good)}.bad{--tone:var(--bad)}.warn{--tone:var(--warn)}
.tiles{display:grid;grid-template-columns:repeat(auto-fit,minmax(150px,1fr));gap:12px;margin-bottom:18px}
.tile,.card{background:var(--card);border:1px solid var(--rule);border-radius:10px;padding:12px 14px}
.tile b{display:block;font-size:22px;font-variant-numeric:tabular-nums;letter-spacing:-.01em}
.tile span{color:var(--dim);font-size:13px}
.cards{display:grid;grid-template-columns:repeat(auto-fit,minmax(460px,1fr));gap:14px}
.card{min-width:0;overflow-x:auto}
svg{width:100%;height:auto;display:block}
.grid{stroke:var(--rule);stroke-width:1}
.line{fill:none;stroke-width:1.8;stroke-linejoin:round}
.area{opacity:.14;stroke:none}
.line.s1{stroke:var(--s1)}.line.s2{stroke:var(--s2)}.line.s3{stroke:var(--s3)}
.area.s1{fill:var(--s1)}.area.s2{fill:var(--s2)}.area.s3{fill:var(--s3)}
.bar{fill:var(--s1)}
.mark{stroke:var(--dim);stroke-width:1;stroke-dasharray:3 3}
.tick,.unit,.marktext{fill:var(--dim);font-size:11px}
.unit{font-style:italic}
.legend{color:var(--dim);font-size:13px;margin:4px 0 0}
.legend i{display:inline-block;width:14px;height:3px;border-radius:2px;vertical-align:middle;margin:0 6px 0 12px}
.legend i.s1{background:var(--s1)}.legend i.s2{background:var(--s2)}.legend i.s3{background:var(--s3)}
table{border-collapse:collapse;width:100%;font-size:14px;font-variant-numeric:tabular-nums}
th{font-weight:500;color:var(--dim);text-align:right;font-size:13px}
td,th{padding:4px 6px;border-bottom:1px solid var(--rule)}
td{text-align:right}td:first-child,th:first-child{text-align:left;padding-left:0}
tr:last-child td{border-bottom:0}
td.good,td.bad{color:var(--tone);font-weight:600}
pre{white-space:pre-wrap;margin:0;font-size:13px}
.none{color:var(--dim)}
footer{color:var(--dim);font-size:13px;margin-top:22px}
@media (max-width:560px){.cards{grid-template-columns:1fr}}
)css";

}  // namespace starling::report
