// For the table, the projector and the printer: how others get in.

import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { hubName, lobby, lobbyWatch } from "../app";
import { follow } from "../route";
import { addresses, localName, wifiText } from "../store/invite";
import { switchLanguage, words } from "../words";
import { Fizz, Icon } from "./icons";
import { LaterQr } from "./later";

export function JoinPage(): JSX.Element {
  const say = words();
  const { hub, reachable } = lobby.value;
  const [pick, setPick] = useState(0);
  useEffect(() => {
    void lobbyWatch.refresh();
    // A projector stays on for days; the address may change under it.
    const timer = setInterval(() => void lobbyWatch.refresh(), 15_000);
    return () => clearInterval(timer);
  }, []);

  const known = addresses(hub?.addresses ?? [], location.origin);
  const address = known[pick % known.length]!;
  const announced = hub?.announced.state === "announced" ? hub.announced.name : null;
  const local = announced && localName(announced, address);
  const wifi = hub?.wifi ?? null;
  return (
    <main class={`join ${wifi ? "join-two" : ""}`}>
      <h1>
        <Fizz />
        <bdi>{hubName() ?? "Cola Hub"}</bdi> <span class="join-what">{say.joinTitle}</span>
      </h1>
      <p class="join-scan">{say.scan}</p>
      <p class={`banner ${reachable ? "banner-none" : ""}`} role="status">
        {reachable ? "" : say.hubLost}
      </p>
      <div class="join-steps">
        {wifi && (
          <section class="join-step" aria-labelledby="join-wifi">
            <h2 id="join-wifi">
              <i>1</i> {say.stepWifi}
            </h2>
            <LaterQr text={wifiText(wifi)} label={say.qrWifi(wifi.ssid)} />
            <p class="join-address">
              <bdi>{wifi.ssid}</bdi>
            </p>
            {wifi.password && (
              <p class="soft">
                {say.wifiPassword} <b translate={false}>{wifi.password}</b>
              </p>
            )}
          </section>
        )}
        {hub && (
          <section class="join-step" aria-labelledby="join-open">
            <h2 id="join-open">
              {wifi && <i>2</i>} {say.stepOpen}
            </h2>
            <LaterQr text={`${address}/`} label={say.qrHub(address)} />
            <p class="join-address">{address}</p>
            {local && (
              <p class="soft">
                {say.or} <b translate={false}>{local}</b>
              </p>
            )}
          </section>
        )}
      </div>
      {hub && hub.addresses.length === 0 && <p class="soft">{say.noAddress}</p>}
      <p class="join-actions">
        <a class="button" href="/" onClick={follow}>
          <Icon name="back" />
          {say.toLobby}
        </a>
        {known.length > 1 && (
          <button type="button" class="button" onClick={() => setPick(pick + 1)}>
            {say.otherAddress}
          </button>
        )}
        <button type="button" class="button" onClick={() => window.print()}>
          {say.print}
        </button>
        <button type="button" class="button" onClick={switchLanguage} lang={say.locale === "ko" ? "en" : "ko"}>
          {say.otherLanguage}
        </button>
      </p>
    </main>
  );
}
