import type { ComponentType, JSX } from "preact";
import { useEffect, useState } from "preact/hooks";

type QrProps = { text: string; label: string };

/** A QR code whose maker is fetched when the first one is wanted. Its place is kept. */
export function LaterQr(props: QrProps): JSX.Element {
  const [Qr, set] = useState<ComponentType<QrProps> | null>(null);
  useEffect(() => {
    let wanted = true;
    import("./qr").then(
      (module) => void (wanted && set(() => module.Qr)),
      () => undefined, // The link and the code beside it say the same.
    );
    return () => void (wanted = false);
  }, []);
  return Qr ? <Qr {...props} /> : <div class="qr" />;
}
