// Makes the table of a report sortable and searchable. Finds the report in the document, in an open shadow root or
// in a frame; needs no network; does nothing to a report that it has already seen.
(() => {
  "use strict";
  const words = {{ words }};
  const language = "{{ lang }}";

  const reports = (root, found = []) => {
    found.push(...root.querySelectorAll(`article.ek-report[lang="${language}"]`));
    for (const element of root.querySelectorAll("*")) {
      if (element.shadowRoot) reports(element.shadowRoot, found);
    }
    return found;
  };

  const create = (name, properties) => Object.assign(document.createElement(name), properties);

  const enliven = (report) => {
    const table = report.querySelector(".ek-all table");
    const tools = report.querySelector(".ek-tools");
    if (!table || !tools || tools.childElementCount) return;
    const body = table.tBodies[0];
    const rows = [...body.rows].map((row) => ({
      row,
      name: row.cells[1].textContent.trim(),
      needle: row.cells[1].textContent.toLocaleLowerCase(language),
      values: [...row.cells].map((cell) => (cell.dataset.v === undefined ? NaN : Number(cell.dataset.v))),
    }));
    const heads = [...table.tHead.rows[0].cells].filter((head) => head.dataset.k !== undefined);
    const collator = new Intl.Collator(language, { numeric: true });

    const filter = create("input", { type: "search", placeholder: words.hint, autocomplete: "off" });
    const filterLabel = create("label", { className: "ek-find" });
    filterLabel.append(create("span", { textContent: words.filter }), filter);
    const order = create("select");
    const orderLabel = create("label", { className: "ek-order" });
    orderLabel.append(create("span", { textContent: words.sort }), order);
    const status = create("p", { className: "ek-status" });
    status.setAttribute("role", "status");
    tools.append(filterLabel, orderLabel, status);

    const show = () => {
      const needle = filter.value.trim().toLocaleLowerCase(language);
      let shown = 0;
      for (const entry of rows) {
        const match = entry.needle.includes(needle);
        entry.row.hidden = !match;
        if (match) shown += 1;
      }
      const number = new Intl.NumberFormat(language);
      status.textContent = shown
        ? words.shown.replace("{shown}", number.format(shown)).replace("{total}", number.format(rows.length))
        : words.none;
    };

    const sort = (key, up) => {
      const direction = up ? 1 : -1;
      rows.sort((a, b) => {
        if (key === 1) return direction * collator.compare(a.name, b.name);
        const [x, y] = [a.values[key], b.values[key]];
        // What is not known stands last, whichever way the rest is sorted.
        if (Number.isNaN(x) || Number.isNaN(y)) return Number.isNaN(x) - Number.isNaN(y);
        return direction * (x - y);
      });
      body.append(...rows.map((entry) => entry.row));
      for (const head of heads) {
        if (Number(head.dataset.k) === key) head.setAttribute("aria-sort", up ? "ascending" : "descending");
        else head.removeAttribute("aria-sort");
      }
      order.value = `${key} ${up}`;
    };

    for (const head of heads) {
      const key = Number(head.dataset.k);
      const upFirst = head.dataset.first === "up";
      const label = head.textContent.trim();
      const button = create("button", { type: "button", textContent: label });
      head.replaceChildren(button);
      button.addEventListener("click", () => {
        const current = head.getAttribute("aria-sort");
        sort(key, current ? current === "descending" : upFirst);
      });
      for (const up of [upFirst, !upFirst]) {
        const textContent = `${head.abbr || label} ${up ? "↑" : "↓"}`;
        order.append(create("option", { value: `${key} ${up}`, textContent }));
      }
    }
    heads[0].setAttribute("aria-sort", "ascending");
    order.addEventListener("change", () => {
      const [key, up] = order.value.split(" ");
      sort(Number(key), up === "true");
    });
    filter.addEventListener("input", show);
    show();
  };

  reports(document).forEach(enliven);
})();
