//! The bearer token, and what needs one.

use crate::setup::Setup;

pub(crate) const NEEDS_A_TOKEN: &str = "listening on anything but loopback needs a bearer token; set server.token or EVENKEEL_TOKEN \
                             to at least 16 visible ASCII characters, or listen on 127.0.0.1";

#[test]
fn a_token_is_long_enough_to_be_one_and_is_not_repeated_when_it_is_not() {
    let long = "write at least 16 visible ASCII characters";
    let visible = "holds characters that cannot be sent in a header; write visible ASCII only";
    for (token, right) in
        [("fifteen--------", long), ("sixteen with space", visible), ("mười sáu ký tự đây", visible)]
    {
        let error = Setup::new().variable("EVENKEEL_TOKEN", token).error();
        assert_eq!(error, format!("EVENKEEL_TOKEN = (hidden): {right}"));
        let error = Setup::new().file(format!("server.token = \"{token}\"")).error();
        assert_eq!(error, format!("server.token = (hidden): {right}"));
    }
}

#[test]
fn what_can_be_reached_from_elsewhere_needs_a_token() {
    let exposed = || Setup::new().variable("HOST", "0.0.0.0");
    assert_eq!(exposed().error(), format!("HOST = \"0.0.0.0\": {NEEDS_A_TOKEN}"));
    let emptied = exposed().variable("EVENKEEL_TOKEN", "");
    assert_eq!(emptied.error(), format!("HOST = \"0.0.0.0\": {NEEDS_A_TOKEN}"));
    let guarded = exposed().variable("EVENKEEL_TOKEN", "sixteen---------");
    assert!(guarded.load().is_ok());
    for host in ["localhost", "127.0.0.1", "127.1.2.3", "::1"] {
        assert!(Setup::new().variable("HOST", host).load().is_ok(), "{host}");
    }
}
