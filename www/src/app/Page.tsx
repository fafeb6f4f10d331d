// The documentation page of a finding, in a dialog.

import { explain } from "@setpoint/core";
import { type RefObject, useImperativeHandle, useRef, useState } from "react";

export interface PageHandle {
  show(code: string): void;
}

export function Page({ ref }: { ref: RefObject<PageHandle | null> }) {
  const [page, setPage] = useState<{ code: string; text: string }>();
  const dialog = useRef<HTMLDialogElement>(null);
  useImperativeHandle(ref, () => ({
    async show(code) {
      setPage({ code, text: (await explain(code).catch(() => undefined)) ?? "The page could not be fetched." });
      dialog.current?.showModal();
    },
  }));
  return (
    <dialog ref={dialog} aria-labelledby="page-heading" onClose={() => setPage(undefined)}>
      <h2 id="page-heading">{page?.code}</h2>
      <pre>{page?.text}</pre>
      <form method="dialog">
        <button>Close</button>
      </form>
    </dialog>
  );
}
