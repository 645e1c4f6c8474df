//! Series with gaps, cut into runs without.

use super::Line;

/// Computes `lines` results of each run of finite values of `columns`, which have the same length, and puts them where
/// the run was. What comes out not finite, or does not come out at all, is no value.
pub(super) fn of_runs<const IN: usize, const OUT: usize>(
    columns: [&[f64]; IN],
    compute: impl Fn([&[f64]; IN], &mut [Vec<f64>; OUT]),
) -> [Line; OUT] {
    let length = columns.iter().map(|column| column.len()).min().unwrap_or(0);
    let mut lines: [Line; OUT] = std::array::from_fn(|_| vec![None; length]);
    let is_whole = |at: usize| columns.iter().all(|column| column[at].is_finite());
    let mut begin = 0;
    while begin < length {
        if !is_whole(begin) {
            begin += 1;
            continue;
        }
        let end = (begin..length).find(|at| !is_whole(*at)).unwrap_or(length);
        let mut results: [Vec<f64>; OUT] = std::array::from_fn(|_| vec![f64::NAN; end - begin]);
        compute(columns.map(|column| &column[begin..end]), &mut results);
        for (line, result) in lines.iter_mut().zip(results) {
            for (place, value) in line[begin..end].iter_mut().zip(result) {
                *place = value.is_finite().then_some(value);
            }
        }
        begin = end;
    }
    lines
}
