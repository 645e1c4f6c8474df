// node figures.mjs FOLDER PAGE…: how long each page takes to be seen and to answer; the median of five first visits.
import { launch, serve, watched } from "./page.mjs";

const VISITS = 5;
const QUIET_MS = 5000;
const [folder, ...pages] = process.argv.slice(2);
const { origin, close } = await serve(folder);
const browser = await launch();

const median = (values) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];

const visit = async (name) => {
  const { page, close: closePage } = await watched(browser, origin, { viewport: { width: 1280, height: 900 } });
  await page.addInitScript(() => {
    window.longTasks = [];
    const note = (list) => window.longTasks.push(...list.getEntries().map(({ startTime, duration }) => ({ startTime, duration })));
    new PerformanceObserver(note).observe({ type: "longtask", buffered: true });
  });
  await page.goto(`${origin}/${name}`, { waitUntil: "load" });
  await page.waitForTimeout(QUIET_MS);
  const found = await page.evaluate(() => {
    const [navigation] = performance.getEntriesByType("navigation");
    const paint = performance.getEntriesByName("first-contentful-paint")[0].startTime;
    const tasks = window.longTasks.filter((task) => task.startTime + task.duration > paint);
    const interactive = Math.max(paint, navigation.domContentLoadedEventEnd, ...tasks.map((task) => task.startTime + task.duration));
    const blocking = tasks
      .filter((task) => task.startTime < interactive)
      .reduce((sum, task) => sum + Math.max(0, task.duration - 50), 0);
    return {
      first_contentful_paint_ms: paint,
      time_to_interactive_ms: interactive,
      total_blocking_time_ms: blocking,
      elements: document.querySelectorAll("*").length,
      bytes: navigation.decodedBodySize,
    };
  });
  await closePage();
  return found;
};

for (const name of pages) {
  const visits = [];
  for (let count = 0; count < VISITS; count += 1) visits.push(await visit(name));
  const medians = Object.fromEntries(
    Object.keys(visits[0]).map((key) => [key, Math.round(median(visits.map((found) => found[key])))]),
  );
  console.log(JSON.stringify({ page: name, ...medians }));
}
await browser.close();
close();
