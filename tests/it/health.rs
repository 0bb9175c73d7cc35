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

#[test]
fn the_hubs_description_has_the_shape_that_the_page_expects() {
    let about = Hub::start().get("/api/hub", &[]);
    let about: serde_json::Value = serde_json::from_str(about.text()).unwrap();
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("web/golden/hub.json");
    let golden: serde_json::Value = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
    let keys = |value: &serde_json::Value| -> Vec<String> {
        value.as_object().unwrap().keys().cloned().collect()
    };
    assert_eq!(keys(&about["data"]), keys(&golden));
    assert_eq!(keys(&about["data"]["limits"]), keys(&golden["limits"]));
    assert_eq!(keys(&about["data"]["announced"]), keys(&golden["announced"]));
}
