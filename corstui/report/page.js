"use strict";
// Text of servers gets into the page by textContent only; a cell's story is parsed when somebody opens it.
(() => {
  const $ = (id) => document.getElementById(id);
  const run = JSON.parse($("run").textContent);
  const stories = $("cells").textContent.trim().split("\n");
  const hidden = /[\p{Cc}\p{Cf}\p{Co}\p{Cn}\p{Cs}\p{Zl}\p{Zp}]/gu;
  const clean = (text) =>
    String(text).replace(hidden, (char) => "\\u" + char.codePointAt(0).toString(16).padStart(4, "0"));
  const make = (tag, text = "", name = "") => {
    const element = document.createElement(tag);
    element.textContent = clean(text);
    element.className = name;
    return element;
  };

  const byPlace = new Map();
  const place = (...names) => JSON.stringify(names);
  run.cells.forEach((cell, index) => {
    cell.index = index;
    cell.text = [cell.endpoint, cell.origin, cell.method, cell.url, cell.verdict, cell.reason, cell.label]
      .join(" ").toLowerCase();
    byPlace.set(place(cell.environment, cell.engine, cell.endpoint, cell.origin), cell);
  });
  const pairs = new Map(run.pairs.map(([a, b, differs, comparable]) => [`${a} ${b}`, { differs, comparable }]));

  const unique = (axis) => [...new Set(run.cells.map((cell) => cell[axis]))];
  const fill = (select, values, first = []) => {
    for (const [value, text] of [...first, ...values.map((value) => [value, value])]) {
      const option = make("option", text);
      option.value = value;
      select.append(option);
    }
  };
  fill($("environment"), unique("environment"));
  fill($("compare"), unique("environment"), [["", "nothing"]]);
  fill($("engine"), unique("engine"));
  $("compare-label").hidden = unique("environment").length < 2;
  $("engine-label").hidden = unique("engine").length < 2;
  $("title").textContent = document.title = clean(run.title);
  $("summary").textContent = clean(run.summary);

  let rows = [];
  let current = null;

  const pairOf = (a, b) => a && b && (pairs.get(`${a.index} ${b.index}`) || pairs.get(`${b.index} ${a.index}`));
  const symbolOf = (cell) => (cell ? `${cell.symbol} ${cell.label} ${cell.suffix}`.trim() : "-");

  function build() {
    const environment = $("environment").value, engine = $("engine").value, other = $("compare").value;
    const shown = run.cells.filter((cell) => cell.environment === environment && cell.engine === engine);
    const origins = [...new Set(shown.map((cell) => cell.origin))];
    const endpoints = [...new Set(shown.map((cell) => cell.endpoint))];
    const head = make("tr");
    head.append(make("th"), ...origins.map((origin) => make("th", origin)));
    rows = endpoints.map((endpoint) => {
      const row = make("tr"), entries = [];
      const name = make("th");
      for (const origin of origins) {
        const cell = byPlace.get(place(environment, engine, endpoint, origin));
        const field = make("td", cell ? symbolOf(cell) : "", cell ? cell.style : "");
        if (cell) {
          name.textContent = clean(`${cell.method.padEnd(6)} ${endpoint}`);
          const mate = other && other !== environment && byPlace.get(place(other, engine, endpoint, origin));
          const pair = pairOf(cell, mate);
          if (other && other !== environment) {
            const sign = !mate ? "|" : !pair.comparable ? "?" : pair.differs.length ? "<>" : "=";
            field.textContent = clean(`${symbolOf(cell)} ${sign} ${symbolOf(mate)}`);
            field.classList.toggle("differs", sign === "<>");
          }
          field.tabIndex = -1;
          field.setAttribute("role", "gridcell");
          entries.push({ cell, mate, pair, field });
        } else {
          entries.push({ cell: null, field });
        }
        row.append(field);
      }
      row.prepend(name);
      return { row, entries };
    });
    const table = $("matrix");
    table.tHead.replaceChildren(head);
    table.tBodies[0].replaceChildren(...rows.map(({ row }) => row));
    current = null;
    review(environment, other);
    sift();
  }

  function review(environment, other) {
    const block = $("comparison"), table = block.querySelector("table");
    const sides = [environment, other];
    const told = run.comparisons.find(({ a, b }) => a !== b && sides.includes(a) && sides.includes(b));
    block.hidden = !told;
    if (!told) return;
    const line = (tag, fields) => {
      const row = make("tr");
      row.append(...fields.map((text) => make(tag, text)));
      return row;
    };
    const said = told.sentences.length ? `in sentences (${told.sentences.length})` : "every cell is the same";
    block.querySelector("summary").textContent = clean(`${told.a} and ${told.b}: ${said}`);
    block.querySelector("ul").replaceChildren(...told.sentences.map((sentence) => make("li", sentence)));
    table.hidden = !told.policies.length;
    table.tHead.replaceChildren(line("th", ["endpoint", "exchange", "policy", told.a, told.b, "origins"]));
    table.tBodies[0].replaceChildren(...told.policies.map((fields) => line("td", fields)));
  }

  const kinds = {
    all: () => true,
    unexpected: ({ cell }) => cell.as_expected === false,
    waived: ({ cell }) => cell.waiver_state === "in-force",
    blocked: ({ cell }) => cell.verdict === "blocked",
    unjudged: ({ cell }) => cell.verdict === "error" || cell.inconclusive,
    findings: ({ cell }) => cell.severity !== null,
    differs: ({ pair }) => Boolean(pair && pair.differs.length),
  };

  function sift() {
    const words = $("filter").value.toLowerCase().split(/\s+/).filter(Boolean);
    const kind = kinds[$("show").value];
    let count = 0;
    for (const { row, entries } of rows) {
      let any = false;
      for (const entry of entries) {
        const fits = Boolean(entry.cell) && kind(entry) && words.every((word) => entry.cell.text.includes(word));
        entry.field.classList.toggle("dim", !fits);
        any = any || fits;
        count += fits;
      }
      row.hidden = !any;
    }
    $("count").textContent = count === 1 ? "1 cell" : `${count} cells`;
    if (!current || rows[current[0]].row.hidden) focusAt(rows.findIndex(({ row }) => !row.hidden), 0, false);
  }

  function focusAt(row, column, move = true) {
    if (current) rows[current[0]].entries[current[1]].field.tabIndex = -1;
    current = row >= 0 ? [row, column] : null;
    if (!current) return;
    const { field } = rows[row].entries[column];
    field.tabIndex = 0;
    if (move) field.focus();
  }

  function step(down, right) {
    if (!current) return;
    const visible = rows.map((_, index) => index).filter((index) => !rows[index].row.hidden);
    const at = visible.indexOf(current[0]);
    const row = visible[Math.min(Math.max(at + down, 0), visible.length - 1)];
    focusAt(row, Math.min(Math.max(current[1] + right, 0), rows[row].entries.length - 1));
  }

  function open(entry) {
    const detail = $("detail");
    close();
    detail.replaceChildren(...story(entry.cell, entry.pair), ...(entry.mate ? story(entry.mate, null) : []));
    detail.hidden = false;
    detail.scrollTop = 0;
    entry.field.setAttribute("aria-selected", "true");
  }

  function close() {
    $("detail").hidden = true;
    document.querySelector('td[aria-selected="true"]')?.removeAttribute("aria-selected");
  }

  function story(cell, pair) {
    const told = JSON.parse(stories[cell.index]);
    const parts = [
      make("h2", `${cell.endpoint} x ${cell.origin} in ${cell.environment} (${cell.engine})`),
      make("p", `${symbolOf(cell)}  ${told.headline}`, cell.style),
      make("p", `${cell.method} ${told.url} from ${told.origin_value}`, "faint"),
    ];
    if (pair && pair.differs.length) parts.push(make("p", `differs in ${pair.differs.join(", ")}`, "blocked"));
    if (told.expected) parts.push(make("p", `expected ${told.expected}`));
    if (told.waiver) parts.push(make("p", told.waiver));
    parts.push(...list("What to change", told.fix));
    for (const [title, code] of told.recipes) {
      const block = make("pre", "", "headers");
      block.textContent = code.map(clean).join("\n");
      parts.push(make("h3", title), block);
    }
    parts.push(...list("Who answered", told.server));
    parts.push(...list("Findings", told.findings.map((each) => `${each.severity}: ${each.message} (${each.rule})`)));
    told.exchanges.forEach((exchange, index) => {
      const answer = exchange.response;
      const came = answer ? `${answer.status} ${answer.reason}` : exchange.error ? exchange.error.message : "no answer";
      parts.push(make("h3", `${index + 1} ${exchange.phase}: ${exchange.request.method} ${exchange.request.url} -> ${came}`));
      parts.push(headers(">", exchange.request.headers));
      if (answer) parts.push(headers("<", answer.headers));
      const checks = told.checks.filter((check) => check.exchange === index);
      parts.push(...checks.map(rule));
    });
    parts.push(...told.checks.filter((check) => check.exchange === null).map(rule));
    return parts;
  }

  function headers(sign, fields) {
    const block = make("pre", "", "headers");
    block.textContent = fields.map(([name, value]) => clean(`${sign} ${name}: ${value}`)).join("\n");
    return block;
  }

  function rule(check) {
    const said = check.passed ? "passed" : check.decisive ? "failed, and decided" : "failed";
    const text = `${check.id} ${said}: required ${check.required}; observed ${check.observed}`;
    return make("p", text, check.passed ? "faint" : "blocked");
  }

  function list(title, items) {
    if (!items.length) return [];
    const block = make("ul");
    block.append(...items.map((item) => make("li", item)));
    return [make("h3", title), block];
  }

  const entryOf = (field) => {
    for (const [index, { entries }] of rows.entries()) {
      const column = entries.findIndex((entry) => entry.field === field);
      if (column >= 0) return [index, column];
    }
    return null;
  };

  $("matrix").addEventListener("click", (event) => {
    const at = event.target.closest("td") && entryOf(event.target.closest("td"));
    if (!at) return;
    focusAt(...at);
    if (rows[at[0]].entries[at[1]].cell) open(rows[at[0]].entries[at[1]]);
  });
  const moves = {
    ArrowUp: [-1, 0], k: [-1, 0], ArrowDown: [1, 0], j: [1, 0],
    ArrowLeft: [0, -1], h: [0, -1], ArrowRight: [0, 1], l: [0, 1],
    PageUp: [-15, 0], PageDown: [15, 0], Home: [0, -1e9], End: [0, 1e9],
  };
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    const typing = ["INPUT", "SELECT"].includes(event.target.tagName);
    if (event.key === "Escape") {
      close();
      if (current) focusAt(...current);
    } else if (typing) {
      return;
    } else if (event.key === "/") {
      $("filter").focus();
    } else if (event.key === "Enter" && current && rows[current[0]].entries[current[1]].cell) {
      open(rows[current[0]].entries[current[1]]);
    } else if (Object.hasOwn(moves, event.key) && !$("detail").contains(event.target)) {
      step(...moves[event.key]);
    } else {
      return;
    }
    event.preventDefault();
  });
  for (const id of ["environment", "compare", "engine"]) {
    $(id).addEventListener("change", () => { close(); build(); });
  }
  for (const id of ["filter", "show"]) $(id).addEventListener("input", sift);
  build();
  document.documentElement.dataset.ready = "true";
})();
