// Makes the table of a report sortable and searchable, shows values under a crosshair, and leads from section to section.
// Finds the report in the document, in an open shadow root or in a frame; needs no network; does nothing to a report that it
// has already seen. Without it everything can be read.
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

  // The namespace of drawings, taken from one: a script of a report holds no address.
  const drawing =
    new DOMParser().parseFromString("<svg/>", "text/html").body.firstChild.namespaceURI;

  const svg = (name, attributes) => {
    const element = document.createElementNS(drawing, name);
    for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
    return element;
  };

  const table = (report) => {
    const table = report.querySelector(".ek-all table");
    const tools = report.querySelector(".ek-tools");
    if (!table || !tools) return;
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
      // Repeated on each printed page, where a button is not.
      head.dataset.label = label;
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

  // Sections are led to by buttons: an anchor's address would be the host page's.
  const navigation = (report) => {
    const sections = [...report.querySelectorAll(":scope > section[id], :scope > footer[id]")];
    const mast = report.querySelector(".ek-mast");
    if (!mast || sections.length < 2) return;
    const nav = create("nav", { className: "ek-toc" });
    nav.setAttribute("aria-label", words.sections);
    const list = create("ul", {});
    const buttons = new Map();
    for (const section of sections) {
      const heading = section.querySelector("h2");
      if (!heading) continue;
      const button = create("button", { type: "button", textContent: heading.textContent });
      button.addEventListener("click", () => {
        const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
        section.scrollIntoView({ behavior: calm ? "auto" : "smooth", block: "start" });
        heading.tabIndex = -1;
        heading.focus({ preventScroll: true });
      });
      const item = create("li", {});
      item.append(button);
      list.append(item);
      buttons.set(section, button);
    }
    nav.append(list);
    mast.after(nav);
    if (!("IntersectionObserver" in window)) return;
    const seen = new Set();
    const watcher = new IntersectionObserver((entries) => {
      for (const { target, isIntersecting } of entries) isIntersecting ? seen.add(target) : seen.delete(target);
      const current = sections.find((section) => seen.has(section));
      for (const [section, button] of buttons) {
        if (section === current) button.setAttribute("aria-current", "true");
        else button.removeAttribute("aria-current");
      }
    }, { rootMargin: "-64px 0px -60% 0px" });
    sections.forEach((section) => watcher.observe(section));
  };

  // The nearest point under the pointer, or the next one by arrow key, with its label.
  const crosshair = (plot) => {
    const points = plot.dataset.points.trim().split("\n").map((line) => {
      const [x, y, ...label] = line.split(" ");
      return { x: Number(x), y: Number(y), label: label.join(" ") };
    });
    if (points.length < 2) return;
    const { width, height } = plot.viewBox.baseVal;
    const cross = svg("g", { class: "ek-cross", visibility: "hidden" });
    const [line, dot, back, text] = [svg("path", {}), svg("circle", { r: 9 }), svg("rect", { rx: 8 }), svg("text", {})];
    cross.append(line, dot, back, text);
    plot.append(cross);
    let current = points.length - 1;
    const show = (at) => {
      current = Math.max(0, Math.min(points.length - 1, at));
      const { x, y, label } = points[current];
      line.setAttribute("d", `M${x} 12V${height - 80}`);
      dot.setAttribute("cx", x);
      dot.setAttribute("cy", y);
      text.textContent = label;
      cross.setAttribute("visibility", "visible");
      const size = text.getComputedTextLength() + 32;
      const left = Math.max(8, Math.min(width - size - 8, x - size / 2));
      const top = y > 120 ? y - 92 : y + 30;
      for (const [key, value] of Object.entries({ x: left, y: top, width: size, height: 60 })) back.setAttribute(key, value);
      text.setAttribute("x", left + 16);
      text.setAttribute("y", top + 43);
      plot.setAttribute("aria-valuetext", label);
      plot.setAttribute("aria-valuenow", current);
    };
    const hide = () => cross.setAttribute("visibility", "hidden");
    plot.addEventListener("pointermove", (event) => {
      const box = plot.getBoundingClientRect();
      const x = ((event.clientX - box.left) / box.width) * width;
      let nearest = 0;
      points.forEach((point, at) => {
        if (Math.abs(point.x - x) < Math.abs(points[nearest].x - x)) nearest = at;
      });
      show(nearest);
    });
    plot.addEventListener("pointerleave", hide);
    plot.addEventListener("blur", hide);
    plot.addEventListener("focus", () => show(current));
    plot.addEventListener("keydown", (event) => {
      const step = { ArrowLeft: -1, ArrowRight: 1, Home: -points.length, End: points.length }[event.key];
      if (step === undefined) return;
      event.preventDefault();
      show(current + step);
    });
    // With the keyboard a chart is a slider over its points, which readers of the screen hear one by one.
    plot.setAttribute("role", "slider");
    plot.setAttribute("tabindex", "0");
    plot.setAttribute("aria-label", plot.querySelector("title").textContent);
    plot.setAttribute("aria-valuemin", 0);
    plot.setAttribute("aria-valuemax", points.length - 1);
    plot.setAttribute("aria-valuenow", current);
    plot.setAttribute("aria-valuetext", points[current].label);
  };

  const enliven = (report) => {
    if (report.dataset.lively) return;
    report.dataset.lively = "true";
    navigation(report);
    report.querySelectorAll(".ek-plot").forEach(crosshair);
    table(report);
  };

  reports(document).forEach(enliven);
})();
