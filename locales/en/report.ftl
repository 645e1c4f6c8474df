# The words of a report. Every message here has its counterpart of the same name in the other languages; numbers,
# dates and amounts arrive already written. $count chooses a form, $n is the same number as it is written.

kicker = Market note
page-title = Market note { $date }
page-all-reports = All reports
page-languages = Language
list-separator = {"; "}

age-seconds = { $count ->
    [one] { $n } second
   *[other] { $n } seconds
}
age-minutes = { $count ->
    [one] { $n } minute
   *[other] { $n } minutes
}
age-hours = { $count ->
    [one] { $n } hour
   *[other] { $n } hours
}
age-days = { $count ->
    [one] { $n } day
   *[other] { $n } days
}

## Movements
move-up = up { $percent }
move-down = down { $percent }
move-flat = unchanged
move-unknown = change not known

## Headline
headline-up = { $name } up { $percent } at { $value }
headline-down = { $name } down { $percent } at { $value }
headline-flat = { $name } unchanged at { $value }
headline-unknown-move = { $name } at { $value }
headline-stale = { $name } was last seen at { $value }, { $age } ago
headline-nothing = No index could be had

market-vietnam = Vietnam
market-crypto = Crypto
market-us = New York

## Summary
summary-title = Summary
summary-leader = { $name } stood at { $value } ({ $at }), { $move }.
summary-leader-stale = { $name } could not be refreshed; { $age } ago it stood at { $value }, { $move }.
summary-leader-missing = { $name } could not be had.
summary-peer = { $name } { $move } at { $value }
summary-peers = Beside it: { $list }.
summary-breadth = { $advances } members rose, { $declines } fell and { $unchanged } stood still: { $verdict }.
summary-breadth-positive = advances clearly outnumber declines
summary-breadth-negative = declines clearly outnumber advances
summary-breadth-mixed = neither side is clearly ahead
summary-extremes = Of { $n } coins followed, { $first } did best and { $last } worst.
summary-crypto-total = All coins together are worth { $value }, { $move } in 24 hours.
summary-dominance = Bitcoin holds { $percent } of that.
summary-fear-greed = Fear & Greed reads { $value } of 100: { $label }.
summary-data = Data
summary-all-fresh = { $count ->
    [one] The only index followed is fresh.
   *[other] All { $n } indices are fresh.
}
summary-stale = Shown with an older value: { $list }.
summary-stale-item = { $name } ({ $age } old)
summary-missing = No value at all: { $list }.
summary-sources-failed = Sources that failed: { $list }.
fresh-count = { $n } of { $total } indices fresh

## Indices
indices-title = Indices
card-spark-title = { $name }, recent course
card-spark-desc = From { $first } to { $last }; lowest { $low }, highest { $high }.
card-as-of = As of { $at }
card-previous = Previous close
card-previous-crypto = 24 h ago
card-low = Low
card-high = High
card-volume = Volume
card-breadth = { $advances } rose, { $unchanged } unchanged, { $declines } fell
card-ceiling = at the ceiling
card-floor = at the floor
card-stale = { $age } old
card-failed = Could not be refreshed
card-missing = No value
card-reason = Why
card-no-history = No history yet

## Large charts
course-session = { $name }, last session
course-day = { $name }, last 24 hours
course-days = { $name }, 90 days
course-desc = From { $first } ({ $at }) to { $last } ({ $date }); lowest { $low }, highest { $high }.
course-caption-session = The line across is the previous close.
course-caption-day = The line across is the value of 24 hours ago.
course-caption-days = Daily closes with Bollinger bands (20 days, 2 standard deviations).

## Since the last report
since-title = Since the last report
since-intro = Against the report of { $at }, { $age } ago.
since-name = Value
since-before = Then
since-now = Now
since-change = Change
since-total = Crypto market, total
since-dominance = Bitcoin’s share
since-points = { $value } points
since-percentage-points = { $value } pp
since-move = { $name } { $move }
since-none = Nothing that both reports know.

## Indicators
technical-title = Technical indicators
technical-caption = All values are of daily candles (1D) of finished days; today’s is not used
technical-region = Table of indicators, can be scrolled
technical-index = Index
technical-day = Last day
technical-close = Close
technical-macd = MACD 12, 26
technical-signal = Signal 9
technical-bands = Bollinger 20, 2
technical-drawdown = Max. drawdown
technical-volatility = Volatility, annual
technical-days = { $count ->
    [one] { $n } day
   *[other] { $n } days
}
technical-overbought = overbought
technical-oversold = oversold
technical-neutral = neither overbought nor oversold
technical-missing = Without indicators, because no candles could be had
outlook-above-both = On { $date } { $name } closed above its averages of 20 and 50 days.
outlook-below-both = On { $date } { $name } closed below its averages of 20 and 50 days.
outlook-above-short = On { $date } { $name } closed above its average of 20 days and below that of 50.
outlook-below-short = On { $date } { $name } closed below its average of 20 days and above that of 50.
outlook-strength = Its RSI of 14 days stands at { $value }: { $verdict }.
outlook-breadth = Of the { $n } largest coins { $advances } rose and { $declines } fell in 24 hours.
outlook-altcoins = Over 30 days { $percent } of { $n } large altcoins did better than Bitcoin (a proxy of the altcoin season index).
outlook-since = Since the report of { $at }: { $list }.
summary-since = Since the last report
summary-narrative = Written by a language model from the numbers of this report; every number was checked against them.

## Correlations
correlation-title = How they moved together
correlation-caption = Correlation of daily returns over at most 90 closes, on the days that both markets have; at least { $n } returns a pair. +1: always in step, −1: always opposite.
correlation-region = Matrix of correlations, can be scrolled
correlation-index = Index

## Breadth of coins
breadth-title = Breadth of the largest coins
breadth-counts = Of { $n } coins { $advances } rose, { $unchanged } unchanged, { $declines } fell in 24 h.
breadth-percent = Advancing
breadth-ratio = Advances per decline
breadth-proxy = Altcoins, 30-day proxy
breadth-altcoins = Share of { $n } large altcoins ahead of Bitcoin ({ $percent }) over 30 days. From 75% up Bitcoin lags, down to 25% it leads. A proxy: the altcoin season index takes 90 days.

## Crypto market
crypto-title = Crypto market
crypto-total = Total value
crypto-volume = Volume in 24 h
crypto-share = Share of total value
crypto-other = Others
crypto-change = in 24 h
crypto-overview = The crypto market overview
crypto-fear-greed = The Fear & Greed index
crypto-mood = Mood of the market
crypto-mood-scale = Fear & Greed, 0 to 100
crypto-unavailable = Not available
fear-extreme-fear = extreme fear
fear-fear = fear
fear-neutral = neutral
fear-greed = greed
fear-extreme-greed = extreme greed

## Movers
movers-title = Movers of the day
movers-gainers = Biggest gains
movers-losers = Biggest losses
movers-rule = Change over 24 hours among the { $n } largest coins of the table that traded for at least { $value }.
movers-none = No coin qualifies.

## Table
table-title = All coins
table-caption = Coins by market value, largest first; prices in US dollars
table-region = Table of coins, can be scrolled
table-rank = #
table-rank-word = Rank
table-name = Coin
table-price = Price, $
table-change-1h = 1 h
table-change-24h = 24 h
table-change-7d = 7 d
table-cap = Market value
table-volume = Volume 24 h
table-volume-short = Volume
table-range = 7-day range
table-spark-heading = 7 days
table-spark = { $name }, 7 days: from { $first } to { $last }, lowest { $low }, highest { $high }
table-end = { $count ->
    [one] { $n } coin
   *[other] { $n } coins
}; over 24 hours { $advances } rose, { $declines } fell, { $unchanged } stood still.
table-end-unknown = The change of { $n } is not known.
table-cut-short = The table is not complete; it ends here because the next page could not be had
table-absent = This report has no table

## Method
method-title = How this was made
method-times = Market data of { $at }, report of { $date }; all times in { $zone }.
method-duration = { $value } ms
method-sources = Sources asked for this report
method-source = Source
method-answer = Answer
method-time = Time taken
method-ok = answered
method-nobody = No source was due: every value is from an earlier request, within its source’s interval.
method-change = Changes of stock indices are against the previous close; those of coins are over the last 24 hours.
method-stale = A value that could not be refreshed is shown with its age and the reason, never passed off as new.
method-spark = Small charts run from the oldest value on the left to the newest on the right, each on its own scale; a dashed line is the previous close.
method-units = T, B, M and K stand for 10¹², 10⁹, 10⁶ and 10³.
method-attribution = Coin data by CoinGecko and CoinPaprika, Fear & Greed by alternative.me.
method-advice = For information only; not investment advice.

## Script
script-filter = Find a coin
script-filter-hint = Name or symbol
script-sort = Sort by
script-shown = { "{shown}" } of { "{total}" } coins
script-none = No coin matches.
script-sections = Sections

## The list of reports
listing-created = Written
listing-edition = Edition
listing-size = Size
listing-older = Older reports
listing-empty = There are no reports yet.
