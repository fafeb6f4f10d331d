// Before saving: what changes, as it was written and as each reader will see it. The gate itself says so, without writing anything.

import type { Format } from "@setpoint/core";
import { type RefObject, useImperativeHandle, useRef, useState } from "react";

import type { Preview } from "./api";
import { Differences } from "./Differences";
import { Masked } from "./Masked";

export interface ReviewHandle {
  show(preview: Preview, bundle: string): void;
}

interface Props {
  ref: RefObject<ReviewHandle | null>;
  family: string;
  file: string;
  format: Format;
  maySave: boolean;
  onSave(): void;
}

/** For whom a version is. */
function audience({ version, stored, views }: Preview, at: number): string {
  const view = views.find((view) => view.version === at);
  const parts = [at === version ? "as you wrote it" : "", at === stored ? "stored" : ""];
  const readers = view?.readers ?? [];
  if (readers.length > 0) parts.push(`read by ${readers.join(", ")}`);
  return parts.filter((part) => part !== "").join(" · ");
}

export function Review({ ref, family, file, format, maySave, onSave }: Props) {
  const [shown, setShown] = useState<{ preview: Preview; bundle: string }>();
  const dialog = useRef<HTMLDialogElement>(null);
  useImperativeHandle(ref, () => ({
    show(preview, bundle) {
      setShown({ preview, bundle });
      dialog.current?.showModal();
    },
  }));
  return (
    <dialog ref={dialog} className="review" aria-labelledby="review-heading" onClose={() => setShown(undefined)}>
      <h2 id="review-heading">What saving changes</h2>
      {shown?.preview.views.map(({ version, before, after }) => (
        <section key={version} aria-label={`Version ${version}`}>
          <h3>
            Version {version} <span className="quiet">{audience(shown.preview, version)}</span>
          </h3>
          {before === undefined ? (
            <Masked bundle={shown.bundle} text={after} {...{ family, file, version, format }} />
          ) : (
            <Differences bundle={shown.bundle} caption={`Changes at version ${version}`} states={{ family, file, version, format, before, after }} />
          )}
        </section>
      ))}
      <form method="dialog">
        <button className="main" disabled={!maySave} onClick={onSave}>
          Save
        </button>
        <button>Close</button>
      </form>
    </dialog>
  );
}
