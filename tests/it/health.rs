use crate::kit::Hub;

#[test]
fn a_hub_that_runs_is_healthy_and_ready() {
    let hub = Hub::start();
    assert_eq!(hub.get("/healthz", &[]).status, 200);
    assert_eq!(hub.get("/readyz", &[]).text(), "ready\n");
}

#[test]
fn a_new_hub_tells_about_itself_and_has_one_open_room() {
    let hub = Hub::start();
    let about = hub.get("/api/hub", &[]);
    for part in [r#""success":true"#, r#""rooms":1"#, r#""people":0"#, r#""version":""#] {
        assert!(about.text().contains(part), "no {part} in {}", about.text());
    }
    let address = format!("http://{}", hub.address);
    assert!(about.text().contains(&address), "no {address} in {}", about.text());
    let rooms = hub.get("/chat/rooms", &[]);
    assert!(rooms.text().contains(r#""isPassword":false"#), "{}", rooms.text());
}
