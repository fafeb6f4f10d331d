// A text that is shown as it is, but for its secrets.

import type { Format } from "@setpoint/core";
import { useEffect, useState } from "react";

import { policyOf } from "./core";
import { withoutSecrets } from "./mask";

interface Props {
  bundle: string;
  family: string;
  file: string;
  version: number;
  format: Format;
  text: string;
}

export function Masked({ bundle, family, file, version, format, text }: Props) {
  const [shown, setShown] = useState<string>();

  useEffect(() => {
    let isStale = false;
    policyOf(bundle).then(
      (policy) => {
        if (isStale) return;
        const { hidden } = policy.value({ file, settings: family, version, format }, text);
        setShown(withoutSecrets(text, hidden.map(({ utf16_start = 0, utf16_end = 0 }) => ({ start: utf16_start, end: utf16_end }))));
      },
      (error: Error) => !isStale && setShown(error.message),
    );
    return () => {
      isStale = true;
    };
  }, [bundle, family, file, version, format, text]);

  return <pre tabIndex={0}>{shown ?? "…"}</pre>;
}
