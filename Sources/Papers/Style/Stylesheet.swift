/// The one stylesheet of all pages, embedded in each: for screens in light and dark, and for A4 paper.
enum Stylesheet {
    static let text = colours + base + facts + tables + steps + fields + drawings + narrow + paper

    /// Dark is for screens only: paper is always light.
    private static let colours = """
        :root {
          color-scheme: light;
          --paper: #ffffff; --ground: #f4f2ed; --ink: #1c1f23; --muted: #5d626a; --rule: #d9d5cb; --faint: #f7f5f0;
          --accent: #1f4d5f; --good: #2c6643; --bad: #9a2a2a; --attention: #835600;
        }
        @media screen and (prefers-color-scheme: dark) {
          :root {
            color-scheme: dark;
            --paper: #1a1d21; --ground: #121417; --ink: #e5e3dd; --muted: #a2a6ad; --rule: #363b42; --faint: #20242a;
            --accent: #93c4d3; --good: #8ccaa3; --bad: #f0a19a; --attention: #e2b765;
          }
        }

        """

    private static let base = """
        * { box-sizing: border-box; }
        html { background: var(--ground); -webkit-text-size-adjust: 100%; text-size-adjust: 100%; }
        body {
          margin: 0; color: var(--ink); background: var(--ground); font-size: 1rem; line-height: 1.55;
          font-family: "Source Sans 3", "Noto Sans", "Liberation Sans", "Helvetica Neue", Arial, sans-serif;
        }
        main { max-width: 56rem; margin: 2.5rem auto; padding: 3.5rem 4.5rem; background: var(--paper);
          border: 1px solid var(--rule); border-radius: 4px; }
        h1, h2, h3, h4 { line-height: 1.25; font-weight: 600; text-wrap: balance; overflow-wrap: break-word; }
        h1, h2 { font-family: Charter, "Bitstream Charter", "Source Serif 4", Georgia, "Liberation Serif", serif;
          font-weight: 500; letter-spacing: -0.005em; }
        h1 { font-size: 2.4rem; margin: 0 0 0.6rem; }
        h2 { font-size: 1.6rem; margin: 0 0 0.9rem; }
        h3 { font-size: 1.1rem; margin: 1.8rem 0 0.5rem; }
        h4 { font-size: 0.95rem; margin: 1.2rem 0 0.3rem; }
        p { margin: 0 0 0.8rem; max-width: 42rem; overflow-wrap: break-word; }
        ul, ol { margin: 0 0 0.9rem; padding-left: 1.4rem; }
        li { margin: 0.2rem 0; overflow-wrap: break-word; }
        a { color: var(--accent); text-decoration-thickness: 1px; text-underline-offset: 0.15em; }
        code { font-family: ui-monospace, "SF Mono", "Source Code Pro", "Liberation Mono", "DejaVu Sans Mono", monospace;
          font-size: 0.88em; overflow-wrap: anywhere; }
        hr { border: 0; border-top: 1px solid var(--rule); margin: 2rem 0; }
        .cover { min-height: 12rem; }
        section.leaf, section.part { margin-top: 3.5rem; padding-top: 2.5rem; border-top: 1px solid var(--rule); }
        .entry { margin: 0 0 1.8rem; }
        .entry .entry { margin-left: 1.2rem; }
        .eyebrow { margin: 0 0 0.5rem; color: var(--accent); font-size: 0.8rem; font-weight: 600;
          letter-spacing: 0.09em; text-transform: uppercase; }
        .lead { font-size: 1.12rem; color: var(--muted); }
        .muted, small { color: var(--muted); font-size: 0.88rem; }
        .note, .warning { margin: 1.2rem 0; padding: 0.8rem 1.1rem; border-left: 3px solid var(--accent);
          background: var(--faint); break-inside: avoid; }
        .warning { border-left-color: var(--attention); }
        .note > p:last-child, .warning > p:last-child { margin-bottom: 0; }
        .good { color: var(--good); } .bad { color: var(--bad); } .attention { color: var(--attention); }
        .badge { display: inline-block; padding: 0.05rem 0.55rem; border: 1px solid currentColor; border-radius: 1rem;
          font-size: 0.8rem; font-weight: 600; white-space: nowrap; }
        time { white-space: nowrap; }
        .contents li { break-inside: avoid; }
        .contents ol { columns: 2; column-gap: 2.5rem; list-style: none; padding: 0; }

        """

    private static let facts = """
        dl.facts { display: grid; grid-template-columns: minmax(7rem, max-content) minmax(0, 1fr);
          gap: 0.3rem 1.6rem; margin: 0.6rem 0 1.2rem; }
        dl.facts dt { color: var(--muted); }
        dl.facts dd { margin: 0; overflow-wrap: anywhere; }
        .digest { margin: 0.9rem 0 1.4rem; break-inside: avoid; }
        .digest .hex { margin: 0 0 0.5rem; max-width: none; }
        table.digest-rows { border-collapse: collapse; width: auto; margin: 0; }
        table.digest-rows th, table.digest-rows td { padding: 0.16rem 1.3rem 0.16rem 0; border: 0; text-align: left;
          font-weight: 400; white-space: nowrap; }
        table.digest-rows th { color: var(--muted); font-size: 0.85rem; }
        ol.words { list-style: none; margin: 1rem 0; padding: 0; display: grid; gap: 0.5rem;
          grid-template-columns: repeat(4, minmax(0, 1fr)); counter-reset: word; }
        ol.words li { margin: 0; padding: 0.5rem 0.7rem; border: 1px solid var(--rule); border-radius: 3px;
          counter-increment: word; display: flex; gap: 0.7rem; align-items: baseline; break-inside: avoid;
          font-family: ui-monospace, "Liberation Mono", "DejaVu Sans Mono", monospace; }
        ol.words li::before { content: counter(word); min-width: 1.3rem; color: var(--muted); font-size: 0.8rem;
          text-align: right; }

        """

    private static let tables = """
        table.sheet { width: 100%; border-collapse: collapse; margin: 0.7rem 0 1.5rem; font-variant-numeric: tabular-nums; }
        table.sheet caption { text-align: left; color: var(--muted); padding-bottom: 0.4rem; }
        table.sheet th, table.sheet td { padding: 0.45rem 0.9rem 0.45rem 0; text-align: left; vertical-align: top;
          border-bottom: 1px solid var(--rule); overflow-wrap: break-word; }
        table.sheet td:has(code) { min-width: 9.5rem; }
        table.sheet thead th { color: var(--muted); font-size: 0.8rem; font-weight: 600; letter-spacing: 0.03em;
          border-bottom-color: var(--muted); overflow-wrap: normal; }
        table.sheet tbody th { font-weight: 600; }
        table.sheet tr > :last-child { padding-right: 0; }
        table.dense th, table.dense td { padding-top: 0.25rem; padding-bottom: 0.25rem; font-size: 0.88rem; }
        table.even { table-layout: fixed; }
        table.even td + td, table.even th + th { padding-left: 0.6rem; border-left: 1px solid var(--rule); }
        table.roomy td { height: 2.7rem; }
        table.sheet td .blank { display: block; min-width: 6rem; height: 1.3rem; border-bottom: 1px solid var(--ink); }
        tr, thead { break-inside: avoid; }

        """

    private static let steps = """
        article.step { margin: 0 0 1.3rem; padding: 1.1rem 1.3rem 1rem; border: 1px solid var(--rule); border-radius: 4px;
          break-inside: avoid; }
        .step-head { display: flex; gap: 0.9rem; align-items: baseline; margin: 0 0 0.5rem; }
        .step-head h3 { margin: 0; flex: 1; min-width: 0; }
        .step-head .number { font-family: Charter, "Source Serif 4", Georgia, "Liberation Serif", serif; font-size: 1.3rem;
          color: var(--accent); min-width: 1.9rem; }
        .step-head .who { color: var(--muted); font-size: 0.88rem; text-align: right; max-width: 45%; }
        .say, .type, .see { display: grid; grid-template-columns: 6rem minmax(0, 1fr); gap: 0 1rem; margin: 0.6rem 0; }
        .say > *, .type > *, .see > * { grid-column: 2; }
        .say > h4, .type > h4, .see > h4 { grid-column: 1; grid-row: 1 / span 40; margin: 0.12rem 0 0;
          color: var(--muted); font-size: 0.85rem; font-weight: 400; }
        .say > h4 { color: var(--accent); }
        .say > p, .type > p, .see > p { margin: 0 0 0.25rem; }
        .see > table.sheet, .see > .digest { margin: 0.1rem 0 0.4rem; }
        .phase { margin: 2.2rem 0 1rem; }
        .keep { break-inside: avoid; }

        """

    private static let fields = """
        .fields { display: grid; grid-template-columns: repeat(auto-fit, minmax(9rem, 1fr)); gap: 0.4rem 1.4rem;
          margin: 0.9rem 0 0; }
        .field { display: flex; flex-direction: column; justify-content: flex-end; min-height: 2.9rem; }
        .fields.stamp { grid-template-columns: repeat(3, minmax(0, 1fr)); }
        .field.wide { grid-column: 1 / -1; }
        .field .blank, .field .filled { border-bottom: 1px solid var(--ink); min-height: 1.6rem; display: block;
          overflow-wrap: anywhere; }
        .field small { padding-top: 0.1rem; }
        .lines .blank { display: block; height: 2.1rem; border-bottom: 1px solid var(--rule); }
        .tick { display: inline-block; width: 0.95em; height: 0.95em; border: 1px solid var(--ink); border-radius: 2px;
          vertical-align: -0.12em; margin-right: 0.5rem; }
        .signature { break-inside: avoid; margin: 0 0 1.1rem; }

        """

    private static let drawings = """
        figure { margin: 1.2rem 0; }
        figcaption { color: var(--muted); font-size: 0.88rem; margin-top: 0.4rem; }
        svg.drawing { display: block; width: 100%; height: auto; max-height: 60rem; }
        .box { fill: var(--faint); stroke: var(--rule); }
        .box.struck { stroke-dasharray: 5 4; }
        .box-line { fill: none; stroke: var(--muted); }
        .box-title { fill: var(--ink); font-size: 15px; font-weight: 600; }
        .box-text { fill: var(--muted); font-size: 12px; }
        .box-title.struck { text-decoration: line-through; }
        .box-text.bad { fill: var(--bad); }
        svg.qr { display: block; width: 100%; max-width: 45mm; height: auto; }
        .qr-paper { fill: #ffffff; } .qr-ink { fill: #000000; }
        .qr-beside { display: flex; flex-wrap: wrap; gap: 1.5rem; align-items: flex-start; }
        .qr-beside > svg.qr { flex: 0 0 45mm; }
        .qr-beside > div { flex: 1 1 18rem; min-width: 0; }

        """

    private static let narrow = """
        @media screen and (max-width: 44rem) {
          main { margin: 0; padding: 1.8rem 1.2rem; border: 0; border-radius: 0; }
          h1 { font-size: 1.8rem; } h2 { font-size: 1.35rem; }
          .contents ol { columns: 1; }
          ol.words { grid-template-columns: repeat(2, minmax(0, 1fr)); }
          dl.facts { grid-template-columns: minmax(0, 1fr); gap: 0; }
          dl.facts dd { margin-bottom: 0.6rem; }
          table.sheet thead { display: none; }
          table.sheet, table.sheet tbody, table.sheet tr, table.sheet td, table.sheet tbody th { display: block; }
          table.sheet tr { padding: 0.6rem 0; border-bottom: 1px solid var(--rule); }
          table.sheet th, table.sheet td { border: 0; padding: 0.1rem 0; }
          table.sheet td[data-label]:not([data-label=""]) { display: grid; gap: 0 1rem;
            grid-template-columns: 6.2rem minmax(0, 1fr); }
          table.sheet td[data-label]:not([data-label=""])::before { content: attr(data-label); color: var(--muted);
            font-size: 0.8rem; padding-top: 0.1rem; }
          table.sheet td:empty, table.sheet td[data-label]:empty { display: none; }
          table.roomy td { height: auto; }
          table.even td + td { border: 0; padding-left: 0; }
          table.digest-rows th { display: none; }
          table.digest-rows td { white-space: normal; padding-right: 0.7rem; font-size: 0.88rem; }
          .say, .type, .see { grid-template-columns: minmax(0, 1fr); }
          .say > *, .type > *, .see > * { grid-column: 1; }
          .say > h4, .type > h4, .see > h4 { grid-row: auto; }
          table.sheet td:has(code) { min-width: 0; }
          .fields { grid-template-columns: repeat(auto-fit, minmax(7rem, 1fr)); }
          .step-head { flex-wrap: wrap; }
          .step-head .who { flex-basis: 100%; text-align: left; max-width: none; }
        }

        """

    private static let paper = """
        @page { size: A4; margin: 22mm 18mm 20mm;
          @top-left { font: 8pt "Liberation Sans", Arial, sans-serif; color: #555; }
          @top-right { font: 8pt "Liberation Mono", monospace; color: #555; }
          @bottom-left { font: 8pt "Liberation Sans", Arial, sans-serif; color: #555; }
          @bottom-right { font: 8pt "Liberation Sans", Arial, sans-serif; color: #555; }
        }
        @media print {
          html { font-size: 9.5pt; }
          html, body, main { background: none; }
          body { line-height: 1.42; }
          main { max-width: none; margin: 0; padding: 0; border: 0; }
          p { max-width: none; }
          section.part { margin: 1.6rem 0 0; padding: 1.2rem 0 0; break-before: auto; break-inside: avoid; }
          .field { min-height: 2.6rem; }
          .note, .warning { background: none; }
          h1, h2, h3, h4, .step-head, .phase { break-after: avoid; }
          p:has(+ table), p:has(+ .digest) { break-after: avoid; }
          p, li { orphans: 3; widows: 3; }
          section.leaf { break-before: page; margin: 0; padding: 0; border: 0; }
          a { color: inherit; text-decoration: none; }
          thead { display: table-header-group; }
          .contents { break-inside: avoid; }
        }

        """
}
