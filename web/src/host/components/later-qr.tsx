import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";

type Code = (props: { text: string; label: string }) => JSX.Element;

/** A QR code, whose drawing is fetched once it is needed. Its place is kept; the address beside it says the same. */
export function LaterQr(props: { text: string; label: string }): JSX.Element {
  const [Qr, come] = useState<Code | null>(null);
  useEffect(() => {
    import("../../components/qr").then(
      (module) => come(() => module.Qr),
      () => undefined,
    );
  }, []);
  return Qr ? <Qr {...props} /> : <div class="qr" />;
}
