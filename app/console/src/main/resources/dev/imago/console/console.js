// What the pages can do beyond lists and forms: news without a reload, charts that can be zoomed,
// keys. Without it everything else works.
"use strict";
(() => {
  const body = document.body;
  const typing = (e) => e.isComposing || e.keyCode === 229;

  // Enter that ends a composition never submits.
  document.addEventListener("keydown", (e) => {
    if (e.key === "Enter" && typing(e)) e.preventDefault();
  }, true);

  // A chart of each figure, in place of its picture.
  const colours = (element) => {
    const style = getComputedStyle(element);
    const of = (name) => style.getPropertyValue(name).trim();
    return { ink: of("--soft"), grid: of("--line"),
      lines: Array.from({ length: 8 }, (_, i) => of("--series-" + i)) };
  };

  const charts = new Map();

  const joined = (uplot, lines) => {
    const tables = [];
    for (const line of lines) {
      tables.push([line.x, line.y]);
      if (line.raw) tables.push([line.rawX, line.raw]);
    }
    return tables.length === 1 ? tables[0] : uplot.join(tables);
  };

  const ordered = (line) => {
    // A trainer that went back to an earlier step: a chart needs places that never fall.
    const sort = (x, y) => {
      if (x.every((at, i) => i === 0 || at >= x[i - 1])) return [x, y];
      const order = x.map((_, i) => i).sort((a, b) => x[a] - x[b]);
      return [order.map((i) => x[i]), order.map((i) => y[i])];
    };
    const known = (x, y) => {
      const [a, b] = sort(x, y);
      const keep = a.map((at) => at !== null && isFinite(at));
      return [a.filter((_, i) => keep[i]), b.filter((_, i) => keep[i])];
    };
    [line.x, line.y] = known(line.x, line.y);
    if (line.raw) [line.rawX, line.raw] = known(line.rawX, line.raw);
    return line;
  };

  const fetchLines = async (element, from, to) => {
    const url = new URL(element.dataset.curve, location.origin);
    url.searchParams.set("px", String(Math.max(100, Math.round(element.clientWidth))));
    if (from !== undefined) {
      url.searchParams.set("from", String(from));
      url.searchParams.set("to", String(to));
    }
    const answer = await fetch(url);
    if (!answer.ok) throw new Error(String(answer.status));
    return (await answer.json()).series.map(ordered);
  };

  const draw = async (element) => {
    const lines = await fetchLines(element);
    if (lines.length === 0 || lines.every((l) => l.x.length === 0)) return;
    const look = colours(element);
    const series = [{ label: element.dataset.axis }];
    lines.forEach((line, i) => {
      const stroke = look.lines[i % 8];
      series.push({ label: lines.length === 1 ? element.dataset.metric : line.label, stroke, width: 1.5, spanGaps: lines.length > 1 || Boolean(line.raw), points: { show: line.x.length < 40, size: 4 } });
      if (line.raw) series.push({ label: line.label, class: "raw", stroke: stroke + "55", width: 1, spanGaps: true, points: { show: false } });
    });
    const brief = new Intl.NumberFormat(document.documentElement.lang, { notation: "compact", maximumSignificantDigits: 4 });
    const marks = (_, splits) => splits.map((v) => (v === null ? "" : v !== 0 && Math.abs(v) < 1e-4 ? v.toExponential(0) : brief.format(v)));
    const axis = { values: marks, stroke: look.ink, grid: { stroke: look.grid, width: 1 }, ticks: { stroke: look.grid, width: 1 }, font: "11px system-ui, sans-serif" };
    const log = element.dataset.log === "1" && lines.every((l) => l.y.every((v) => v === null || v > 0));
    let zoomed = false;
    const options = {
      width: element.clientWidth, height: 230, legend: { show: lines.length === 1 },
      scales: { x: { time: false }, y: log ? { distr: 3 } : {} },
      axes: [axis, { ...axis, size: 58 }], series,
      cursor: { drag: { x: true, y: false }, sync: { key: "curves", setSeries: false } },
      hooks: {
        setSelect: [async (chart) => {
          if (chart.select.width < 4) return;
          const from = chart.posToVal(chart.select.left, "x");
          const to = chart.posToVal(chart.select.left + chart.select.width, "x");
          zoomed = true;
          const near = await fetchLines(element, from, to);
          chart.setData(joined(uPlot, near), false);
          chart.setScale("x", { min: from, max: to });
          chart.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
        }],
      },
    };
    element.replaceChildren();
    const chart = new uPlot(options, joined(uPlot, lines), element);
    element.addEventListener("dblclick", async () => {
      zoomed = false;
      chart.setData(joined(uPlot, await fetchLines(element)));
    });
    charts.set(element, { chart, zoomed: () => zoomed, count: lines.length });
  };

  const drawAll = () => {
    if (typeof uPlot === "undefined") return;
    for (const element of document.querySelectorAll(".chart[data-curve]")) draw(element).catch(() => {});
  };

  const renew = async () => {
    for (const [element, { chart, zoomed, count }] of charts) {
      if (zoomed() || !element.isConnected) continue;
      try {
        const lines = await fetchLines(element);
        if (lines.length === count) chart.setData(joined(uPlot, lines));
      } catch { /* the next time */ }
    }
  };

  addEventListener("resize", () => {
    for (const [element, { chart }] of charts) chart.setSize({ width: element.clientWidth, height: 230 });
  });

  // News: the server answers when something has changed.
  let seen = -1;
  let busy = false;
  const listen = async () => {
    for (;;) {
      try {
        if (document.hidden) {
          await new Promise((done) => document.addEventListener("visibilitychange", done, { once: true }));
        }
        const answer = await fetch("/pulse?seen=" + seen);
        const { generation } = await answer.json();
        if (generation !== seen && seen !== -1 && !busy) {
          body.dispatchEvent(new Event("pulse"));
          await renew();
        }
        seen = generation;
        await new Promise((done) => setTimeout(done, 250));
      } catch {
        await new Promise((done) => setTimeout(done, 2000));
      }
    }
  };

  // What is chosen stays chosen when a list is renewed.
  let chosen = new Set();
  body.addEventListener("htmx:beforeSwap", () => {
    chosen = new Set([...document.querySelectorAll("#list input[name=run]:checked")].map((i) => i.value));
  });
  body.addEventListener("htmx:afterSettle", () => {
    for (const input of document.querySelectorAll("#list input[name=run]")) {
      if (chosen.has(input.value)) input.checked = true;
    }
  });

  // Keys.
  const dialog = document.getElementById("keys");
  const show = document.getElementById("show-keys");
  show?.addEventListener("click", (e) => {
    if (dialog?.showModal) {
      e.preventDefault();
      dialog.showModal();
    }
  });
  dialog?.addEventListener("click", (e) => { if (e.target === dialog) dialog.close(); });
  let going = false;
  document.addEventListener("keydown", (e) => {
    if (e.ctrlKey || e.metaKey || e.altKey || typing(e)) return;
    const field = e.target.closest?.("input:not([type=checkbox]), textarea, select");
    if (field) {
      if (e.key === "Escape") field.blur();
      return;
    }
    if (dialog?.open) return;
    if (going) {
      going = false;
      document.querySelector(`nav a[data-go="${CSS.escape(e.key)}"]`)?.click();
      return;
    }
    const rows = [...document.querySelectorAll("main table.runs tbody tr, main ol.documents > li")];
    const at = rows.findIndex((row) => row.contains(document.activeElement));
    const focus = (i) => rows[Math.max(0, Math.min(rows.length - 1, i))]?.querySelector("a, summary")?.focus();
    switch (e.key) {
      case "?": e.preventDefault(); dialog?.showModal?.(); break;
      case "/": {
        const find = document.querySelector("main input[type=search]");
        if (find) { e.preventDefault(); find.focus(); find.select(); }
        break;
      }
      case "g": going = true; setTimeout(() => { going = false; }, 1500); break;
      case "j": if (rows.length) focus(at + 1); break;
      case "k": if (rows.length) focus(at < 0 ? 0 : at - 1); break;
      case "x": {
        const box = rows[at]?.querySelector("input[name=run]");
        if (box) box.checked = !box.checked;
        break;
      }
    }
  });

  // The artifact whose lineage is shown comes into view.
  for (const here of document.querySelectorAll("svg.lineage .here")) {
    const frame = here.closest(".scroll");
    const box = here.getBoundingClientRect();
    const around = frame?.getBoundingClientRect();
    if (frame && around) frame.scrollLeft += box.left + box.width / 2 - around.left - around.width / 2;
  }

  drawAll();
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", drawAll);
  if (document.querySelector("[hx-trigger*=pulse]")) listen();
})();
