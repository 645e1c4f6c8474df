"""The same job as Evenkeel's, as one would write it in Python today, and what it costs.

Refreshes follow each other without a pause, reports are spread evenly among them. After each report everything is
deleted and the garbage collected. What was measured is printed as JSON; sizes are bytes, times seconds of CPU.
"""

import argparse
import asyncio
import datetime
import gc
import json
import os
import re
import time

import httpx
import jinja2
import redis.asyncio
from sqlalchemy import DateTime, Float, String, Text, create_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column

VIETNAM = ["VNINDEX", "VN30", "HNXIndex", "HNX30", "HNXUpcomIndex"]
CRYPTO = ["BTC", "ETH", "SOL", "XRP", "ADA", "LINK", "BNB"]
US = ["^GSPC", "^IXIC", "^DJI", "^VIX"]
PER_PAGE = 250

WORDS = {
    "vi": {"title": "Báo cáo thị trường", "h1": "1 giờ", "d7": "7 ngày", "cap": "Vốn hóa", "volume": "Khối lượng",
           "range": "Biên độ 7 ngày", "chart": "Diễn biến 7 ngày của"},
    "en": {"title": "Market report", "h1": "1 hour", "d7": "7 days", "cap": "Capitalisation", "volume": "Volume",
           "range": "Range of 7 days", "chart": "Seven days of"},
}

HTML = """
<article class="ek"><h1>{{ words.title }}</h1><time>{{ now }}</time>
{% for name, index in indices.items() %}<section><h2>{{ name }}</h2><b>{{ "%.2f"|format(index.close or 0) }}</b></section>
{% endfor %}<table>
{% for coin in coins %}<tr>
<td class="n rank" data-v="{{ coin.rank }}">{{ coin.rank }}</td>
<th scope="row"><bdi>{{ coin.name }}</bdi> <small>{{ coin.symbol }}</small></th>
<td class="n price" data-v="{{ coin.price }}">{{ "%.6g"|format(coin.price or 0) }}</td>
<td class="n h1 {{ coin.d1 }}" data-l="{{ words.h1 }}" data-v="{{ coin.h1 }}">{{ "%+.2f"|format(coin.h1 or 0) }} %</td>
<td class="n h24 {{ coin.d24 }}" data-v="{{ coin.h24 }}">{{ "%+.2f"|format(coin.h24 or 0) }} %</td>
<td class="n d7 {{ coin.d7w }}" data-l="{{ words.d7 }}" data-v="{{ coin.d7 }}">{{ "%+.2f"|format(coin.d7 or 0) }} %</td>
<td class="n cap" data-l="{{ words.cap }}" data-v="{{ coin.cap }}">{{ "%.4g"|format(coin.cap or 0) }}</td>
<td class="n vol" data-l="{{ words.volume }}" data-v="{{ coin.volume }}">{{ "%.4g"|format(coin.volume or 0) }}</td>
<td class="n range" data-l="{{ words.range }}">{{ "%.6g"|format(coin.low) }} – {{ "%.6g"|format(coin.high) }}</td>
<td class="spark"><svg class="{{ coin.d7w }}" viewBox="0 0 120 32" role="img"><title>{{ words.chart }} {{ coin.name }}</title><path d="{{ coin.path }}"/></svg></td>
</tr>
{% endfor %}</table></article>
"""
CSS = "".join(f".ek .c{number}{{padding:{number % 7}px;color:#{number:06x}}}\n" for number in range(450))
JS = "".join(f"document.querySelectorAll('.ek .c{number}').forEach(e=>e.dataset.n={number});\n" for number in range(60))


class Base(DeclarativeBase):
    pass


class Report(Base):
    __tablename__ = "crypto_report"
    id: Mapped[int] = mapped_column(primary_key=True)
    html_content: Mapped[str] = mapped_column(Text)
    css_content: Mapped[str | None] = mapped_column(Text)
    js_content: Mapped[str | None] = mapped_column(Text)
    html_content_en: Mapped[str | None] = mapped_column(Text)
    js_content_en: Mapped[str | None] = mapped_column(Text)
    created_at: Mapped[datetime.datetime] = mapped_column(DateTime(timezone=True))


class Point(Base):
    __tablename__ = "index_points"
    id: Mapped[int] = mapped_column(primary_key=True)
    series: Mapped[str] = mapped_column(String)
    at: Mapped[datetime.datetime] = mapped_column(DateTime(timezone=True))
    value: Mapped[float] = mapped_column(Float)


def now() -> datetime.datetime:
    return datetime.datetime.now(datetime.timezone.utc)


class Service:
    def __init__(self, sources: dict[str, str], database: str, redis_url: str | None, constituents: int):
        self.sources = sources
        self.http = httpx.AsyncClient(timeout=30)
        self.engine = create_engine(database)
        Base.metadata.create_all(self.engine)
        self.redis = redis.asyncio.from_url(redis_url) if redis_url else None
        self.latest: str | None = None
        self.constituents = constituents
        self.pages = jinja2.Environment(autoescape=True).from_string(HTML)

    async def get(self, source: str, path: str):
        answer = await self.http.get(self.sources[source] + path)
        answer.raise_for_status()
        return answer.json()

    async def post(self, source: str, path: str, body: dict):
        answer = await self.http.post(self.sources[source] + path, json=body)
        answer.raise_for_status()
        return answer.json()

    async def refresh(self) -> None:
        """One snapshot of all indices, stored, and its points in the history."""
        indices: dict[str, dict] = {}
        rows, _charts = await asyncio.gather(
            self.post("vietcap", "/api/price/marketIndex/getList", {"symbols": VIETNAM}),
            self.post("vietcap", "/api/chart/OHLCChart/gap-chart",
                      {"timeFrame": "ONE_DAY", "symbols": VIETNAM, "to": int(time.time()) + 86_400, "countBack": 2}),
        )
        for row in rows:
            if row["symbol"] in VIETNAM:
                indices[row["symbol"]] = {"close": row.get("price"), "previous": row.get("refPrice")}
        symbols = ",".join(f"%22{code}USDT%22" for code in CRYPTO)
        tickers, closes, totals, mood, *charts = await asyncio.gather(
            self.get("binance", f"/api/v3/ticker/24hr?symbols=%5B{symbols}%5D"),
            self.get("binance", "/api/v3/klines?symbol=BTCUSDT&interval=1d&limit=100"),
            self.get("coingecko", "/api/v3/global"),
            self.get("alternative_me", "/fng/?limit=1"),
            *(self.get("yahoo", f"/v8/finance/chart/{code.replace('^', '%5E')}"
                       "?interval=1m&range=1d&includePrePost=false") for code in US),
        )
        for row in tickers:
            indices[row["symbol"]] = {"close": float(row["lastPrice"]), "previous": float(row["prevClosePrice"])}
        for code, chart in zip(US, charts):
            meta = chart["chart"]["result"][0]["meta"]
            indices[code] = {"close": meta["regularMarketPrice"], "previous": meta.get("chartPreviousClose")}
        snapshot = {"indices": indices, "cap": totals["data"]["total_market_cap"]["usd"],
                    "mood": int(mood["data"][0]["value"]), "rsi": rsi([float(row[4]) for row in closes])}
        self.latest = json.dumps(snapshot)
        if self.redis:
            await self.redis.set("market_indices", self.latest, ex=300)
        with Session(self.engine) as session:
            session.add_all(Point(series=name, at=now(), value=index["close"])
                            for name, index in indices.items() if index["close"] is not None)
            session.commit()

    async def report(self) -> int:
        """Builds a report and stores it; its length in bytes."""
        state: dict = {"coins": [], **json.loads(self.latest or "{}")}
        for page in range(1, -(-self.constituents // PER_PAGE) + 1):
            coins = await self.get(
                "coingecko", f"/api/v3/coins/markets?vs_currency=usd&order=market_cap_desc&per_page={PER_PAGE}"
                f"&page={page}&sparkline=true&price_change_percentage=1h,24h,7d")
            state["coins"].extend(row_of(coin) for coin in coins)
        del state["coins"][self.constituents:]
        for language, words in WORDS.items():
            state[language] = self.pages.render(words=words, now=now().isoformat(), indices=state["indices"],
                                                coins=state["coins"])
        with Session(self.engine) as session:
            session.add(Report(html_content=state["vi"], css_content=CSS, js_content=JS, html_content_en=state["en"],
                               js_content_en=JS, created_at=now()))
            session.commit()
        length = sum(len(text.encode()) for text in (state["vi"], state["en"], CSS, JS, JS))
        del state
        gc.collect()
        return length


def rsi(closes: list[float], period: int = 14) -> float | None:
    """Relative strength after Wilder, 0 to 100."""
    if len(closes) <= period:
        return None
    moves = [after - before for before, after in zip(closes, closes[1:])]
    up = sum(max(move, 0) for move in moves[:period]) / period
    down = sum(max(-move, 0) for move in moves[:period]) / period
    for move in moves[period:]:
        up = (up * (period - 1) + max(move, 0)) / period
        down = (down * (period - 1) + max(-move, 0)) / period
    return 100.0 if down == 0 else 100 - 100 / (1 + up / down)


def row_of(coin: dict) -> dict:
    """A coin as the table shows it, with the path of its sparkline."""
    prices = [price for price in (coin.get("sparkline_in_7d") or {}).get("price") or [] if price is not None]
    low, high = (min(prices), max(prices)) if prices else (0.0, 0.0)
    width, height = 120 / max(len(prices) - 1, 1), (high - low) or 1.0
    path = "".join(f"{'L' if place else 'M'}{place * width:.1f} {31 - (price - low) / height * 30:.1f}"
                   for place, price in enumerate(prices))
    row = {"rank": coin["market_cap_rank"], "name": coin["name"], "symbol": coin["symbol"].upper(), "low": low,
           "high": high, "path": path, "price": coin["current_price"], "cap": coin["market_cap"],
           "volume": coin["total_volume"]}
    for key, field, way in (("h1", "1h", "d1"), ("h24", "24h", "d24"), ("d7", "7d", "d7w")):
        row[key] = coin.get(f"price_change_percentage_{field}_in_currency")
        row[way] = "up" if (row[key] or 0) > 0 else "down"
    return row


def memory(name: str) -> int:
    with open("/proc/self/status", encoding="ascii") as status:
        return int(re.search(rf"{name}:\s+(\d+) kB", status.read()).group(1)) * 1024


async def measure(arguments: argparse.Namespace) -> dict:
    with open(arguments.sources, encoding="utf-8") as file:
        sources = json.load(file)
    service = Service(sources, arguments.database, arguments.redis, arguments.constituents)
    await service.refresh()
    found = {"rss_idle": memory("VmRSS"), "rss_after_report": [], "bytes": 0}
    refreshing = reporting = peak = 0.0
    every = max(arguments.refreshes // arguments.reports, 1) if arguments.reports else arguments.refreshes + 1
    for number in range(1, arguments.refreshes + 1):
        begun = time.process_time()
        await service.refresh()
        refreshing += time.process_time() - begun
        if number % every == 0 and len(found["rss_after_report"]) < arguments.reports:
            idle = memory("VmRSS")
            with open("/proc/self/clear_refs", "w", encoding="ascii") as file:
                file.write("5")
            begun = time.process_time()
            found["bytes"] = await service.report()
            reporting += time.process_time() - begun
            peak = max(peak, memory("VmHWM") - idle)
            found["rss_after_report"].append(memory("VmRSS"))
    found |= {"rss_end": memory("VmRSS"), "peak_above_idle": int(peak), "pid": os.getpid(),
              "cpu_a_refresh": refreshing / max(arguments.refreshes, 1),
              "cpu_a_report": reporting / max(len(found["rss_after_report"]), 1)}
    await service.http.aclose()
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--refreshes", type=int, default=480, metavar="N")
    parser.add_argument("--reports", type=int, default=8, metavar="N")
    parser.add_argument("--constituents", type=int, default=1350, metavar="N", help="rows of a report's table")
    parser.add_argument("--sources", required=True, metavar="FILE", help="JSON: the URL of each source by its name")
    parser.add_argument("--database", default="sqlite:///reference.db", metavar="URL", help="SQLAlchemy's")
    parser.add_argument("--redis", metavar="URL", help="without it the snapshot stays in the process")
    print(json.dumps(asyncio.run(measure(parser.parse_args())), indent=1))


if __name__ == "__main__":
    main()
