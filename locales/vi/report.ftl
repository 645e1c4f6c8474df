# Lời văn của bản tin. Mỗi câu ở đây có câu cùng tên trong các ngôn ngữ khác; số, ngày và số tiền được đưa vào khi đã viết sẵn.

kicker = Bản tin thị trường
page-title = Bản tin thị trường { $date }
page-all-reports = Tất cả bản tin
page-languages = Ngôn ngữ
list-separator = {"; "}

age-seconds = { $n } giây
age-minutes = { $n } phút
age-hours = { $n } giờ
age-days = { $n } ngày

## Biến động
move-up = tăng { $percent }
move-down = giảm { $percent }
move-flat = không đổi
move-unknown = chưa rõ mức thay đổi

## Tiêu đề
headline-up = { $name } tăng { $percent }, đạt { $value }
headline-down = { $name } giảm { $percent }, còn { $value }
headline-flat = { $name } đi ngang ở { $value }
headline-unknown-move = { $name } ở mức { $value }
headline-stale = { $name }: giá trị gần nhất là { $value }, cách đây { $age }
headline-nothing = Không lấy được chỉ số nào

market-vietnam = Việt Nam
market-crypto = Tiền mã hóa
market-us = New York

## Tóm tắt
summary-title = Tóm tắt
summary-leader = { $name } ở mức { $value } (lúc { $at }), { $move }.
summary-leader-stale = Không cập nhật được { $name }; giá trị cách đây { $age } là { $value }, { $move }.
summary-leader-missing = Không lấy được { $name }.
summary-peer = { $name } { $move }, ở mức { $value }
summary-peers = Bên cạnh đó: { $list }.
summary-breadth = { $advances } mã tăng, { $declines } mã giảm và { $unchanged } mã đứng giá: { $verdict }.
summary-breadth-positive = số mã tăng áp đảo
summary-breadth-negative = số mã giảm áp đảo
summary-breadth-mixed = không bên nào vượt trội
summary-extremes = Trong { $n } đồng tiền được theo dõi, { $first } dẫn đầu và { $last } kém nhất.
summary-crypto-total = Tổng vốn hóa toàn thị trường là { $value }, { $move } trong 24 giờ.
summary-dominance = Bitcoin chiếm { $percent }.
summary-fear-greed = Chỉ số Sợ hãi & Tham lam ở mức { $value }/100: { $label }.
summary-data = Dữ liệu
summary-all-fresh = Cả { $n } chỉ số đều vừa được cập nhật.
summary-stale = Đang dùng giá trị cũ: { $list }.
summary-stale-item = { $name } (cách đây { $age })
summary-missing = Không có giá trị: { $list }.
summary-sources-failed = Nguồn gặp lỗi: { $list }.
fresh-count = { $n }/{ $total } chỉ số vừa cập nhật

## Chỉ số
indices-title = Các chỉ số
card-spark-title = { $name }, diễn biến gần đây
card-spark-desc = Từ { $first } đến { $last }; thấp nhất { $low }, cao nhất { $high }.
card-as-of = Lúc { $at }
card-previous = Đóng cửa phiên trước
card-previous-crypto = 24 giờ trước
card-low = Thấp nhất
card-high = Cao nhất
card-volume = Khối lượng
card-breadth = { $advances } mã tăng, { $unchanged } đứng giá, { $declines } giảm
card-ceiling = kịch trần
card-floor = kịch sàn
card-stale = cách đây { $age }
card-failed = Không cập nhật được
card-missing = Không có giá trị
card-reason = Lý do
card-no-history = Chưa có dữ liệu quá khứ

## Biểu đồ lớn
course-session = { $name }, phiên gần nhất
course-day = { $name }, 24 giờ qua
course-days = { $name }, 90 ngày
course-desc = Từ { $first } ({ $at }) đến { $last } ({ $date }); thấp nhất { $low }, cao nhất { $high }.
course-caption-session = Đường ngang là giá đóng cửa phiên trước.
course-caption-day = Đường ngang là giá trị cách đây 24 giờ.
course-caption-days = Giá đóng cửa hằng ngày với dải Bollinger (20 ngày, 2 độ lệch chuẩn).

## So với bản tin trước
since-title = So với bản tin trước
since-intro = So với bản tin lúc { $at }, cách đây { $age }.
since-name = Giá trị
since-before = Khi đó
since-now = Hiện nay
since-change = Thay đổi
since-total = Tổng vốn hóa tiền mã hóa
since-dominance = Tỷ trọng Bitcoin
since-points = { $value } điểm
since-percentage-points = { $value } điểm %
since-move = { $name } { $move }
since-none = Không có giá trị nào mà cả hai bản tin cùng biết.

## Chỉ báo
technical-title = Chỉ báo kỹ thuật
technical-caption = Mọi giá trị tính trên nến ngày (1D) đã đóng; nến hôm nay không được dùng
technical-region = Bảng chỉ báo, có thể cuộn
technical-index = Chỉ số
technical-day = Ngày cuối
technical-close = Đóng cửa
technical-macd = MACD 12, 26
technical-signal = Tín hiệu 9
technical-bands = Bollinger 20, 2
technical-drawdown = Mức sụt giảm lớn nhất
technical-volatility = Biến động, theo năm
technical-days = { $n } ngày
technical-overbought = quá mua
technical-oversold = quá bán
technical-neutral = không quá mua, không quá bán
technical-missing = Không có chỉ báo vì không lấy được nến
outlook-above-both = Ngày { $date }, { $name } đóng cửa trên đường trung bình 20 và 50 ngày.
outlook-below-both = Ngày { $date }, { $name } đóng cửa dưới đường trung bình 20 và 50 ngày.
outlook-above-short = Ngày { $date }, { $name } đóng cửa trên đường trung bình 20 ngày và dưới đường 50 ngày.
outlook-below-short = Ngày { $date }, { $name } đóng cửa dưới đường trung bình 20 ngày và trên đường 50 ngày.
outlook-strength = RSI 14 ngày ở mức { $value }: { $verdict }.
outlook-breadth = Trong { $n } đồng tiền lớn nhất, { $advances } đồng tăng và { $declines } đồng giảm trong 24 giờ.
outlook-altcoins = Trong 30 ngày, { $percent } của { $n } altcoin lớn tăng tốt hơn Bitcoin (ước lượng thay cho chỉ số mùa altcoin).
outlook-since = Từ bản tin lúc { $at }: { $list }.
summary-since = So với bản tin trước
summary-narrative = Do mô hình ngôn ngữ viết từ các số liệu của bản tin này; mọi con số đã được đối chiếu.

## Tương quan
correlation-title = Mức độ cùng chiều
correlation-caption = Tương quan của thay đổi hằng ngày trên tối đa 90 giá đóng cửa, vào những ngày cả hai thị trường cùng có; ít nhất { $n } lần thay đổi mỗi cặp. +1: luôn cùng chiều, −1: luôn ngược chiều.
correlation-region = Ma trận tương quan, có thể cuộn
correlation-index = Chỉ số

## Độ rộng
breadth-title = Độ rộng của các đồng tiền lớn nhất
breadth-counts = Trong { $n } đồng tiền, { $advances } đồng tăng, { $unchanged } đồng đứng giá, { $declines } đồng giảm trong 24 giờ.
breadth-percent = Tỷ lệ tăng
breadth-ratio = Số đồng tăng trên mỗi đồng giảm
breadth-proxy = Altcoin, ước lượng 30 ngày
breadth-altcoins = Tỷ lệ trong { $n } altcoin lớn vượt Bitcoin ({ $percent }) trong 30 ngày. Từ 75% trở lên Bitcoin tụt lại, từ 25% trở xuống Bitcoin dẫn đầu. Đây là ước lượng: chỉ số mùa altcoin tính trên 90 ngày.

## Thị trường tiền mã hóa
crypto-title = Thị trường tiền mã hóa
crypto-total = Tổng vốn hóa
crypto-volume = Giao dịch 24 giờ
crypto-share = Tỷ trọng vốn hóa
crypto-other = Khác
crypto-change = trong 24 giờ
crypto-overview = Số liệu chung về tiền mã hóa
crypto-fear-greed = Chỉ số Sợ hãi & Tham lam
crypto-mood = Tâm lý thị trường
crypto-mood-scale = Sợ hãi & Tham lam, từ 0 đến 100
crypto-unavailable = Không có số liệu
fear-extreme-fear = cực kỳ sợ hãi
fear-fear = sợ hãi
fear-neutral = trung lập
fear-greed = tham lam
fear-extreme-greed = cực kỳ tham lam

## Biến động mạnh
movers-title = Biến động mạnh trong ngày
movers-gainers = Tăng mạnh nhất
movers-losers = Giảm mạnh nhất
movers-rule = Thay đổi trong 24 giờ của { $n } đồng tiền lớn nhất trong bảng, chỉ xét đồng có giao dịch từ { $value } trở lên.
movers-none = Không có đồng tiền nào đạt điều kiện.

## Bảng
table-title = Toàn bộ các đồng tiền
table-caption = Các đồng tiền theo vốn hóa, lớn nhất trước; giá tính bằng đô la Mỹ
table-region = Bảng các đồng tiền, có thể cuộn
table-rank = #
table-rank-word = Hạng
table-name = Đồng tiền
table-price = Giá, USD
table-change-1h = 1 giờ
table-change-24h = 24 giờ
table-change-7d = 7 ngày
table-cap = Vốn hóa
table-volume = Giao dịch 24 giờ
table-volume-short = Giao dịch
table-range = Biên độ 7 ngày
table-spark-heading = Biểu đồ 7 ngày
table-spark = { $name }, 7 ngày: từ { $first } đến { $last }, thấp nhất { $low }, cao nhất { $high }
table-end = { $n } đồng tiền; trong 24 giờ { $advances } đồng tăng, { $declines } đồng giảm, { $unchanged } đồng không đổi.
table-end-unknown = { $n } đồng chưa rõ mức thay đổi.
table-cut-short = Bảng chưa đủ; dừng ở đây vì không lấy được trang tiếp theo
table-absent = Bản tin này không có bảng

## Cách làm
method-title = Bản tin được lập thế nào
method-times = Dữ liệu thị trường lúc { $at }, bản tin lúc { $date }; mọi mốc giờ theo { $zone }.
method-duration = { $value } ms
method-sources = Các nguồn được hỏi cho bản tin này
method-source = Nguồn
method-answer = Kết quả
method-time = Thời gian
method-ok = đã trả lời
method-nobody = Không nguồn nào đến hạn: mọi giá trị là của lần hỏi trước, còn trong chu kỳ của nguồn.
method-change = Thay đổi của chỉ số chứng khoán so với giá đóng cửa phiên trước; của các đồng tiền so với 24 giờ trước.
method-stale = Giá trị không cập nhật được luôn ghi rõ đã cũ bao lâu và vì sao, không bao giờ được xem là mới.
method-spark = Biểu đồ nhỏ đi từ giá trị cũ nhất bên trái đến mới nhất bên phải, mỗi biểu đồ có thang riêng; nét đứt là giá đóng cửa phiên trước.
method-units = Nghìn tỷ, tỷ, triệu và nghìn là 10¹², 10⁹, 10⁶ và 10³.
method-attribution = Dữ liệu tiền mã hóa của CoinGecko và CoinPaprika, chỉ số Sợ hãi & Tham lam của alternative.me.
method-advice = Chỉ để tham khảo, không phải khuyến nghị đầu tư.

## Kịch bản
script-filter = Tìm đồng tiền
script-filter-hint = Tên hoặc mã
script-sort = Sắp xếp theo
script-shown = { "{shown}" }/{ "{total}" } đồng tiền
script-none = Không có đồng tiền nào khớp.
script-sections = Các mục

## The list of reports
listing-created = Thời điểm
listing-edition = Ấn bản
listing-size = Dung lượng
listing-older = Bản tin cũ hơn
listing-empty = Chưa có bản tin nào.
