// The list of findings: what failed, what was expected, whether a retry makes sense; each leads to its place.

import type { Edit, Finding } from "@setpoint/core";
import { Fragment, type ReactNode } from "react";

/** Text in which the parts between backticks are set as code. */
export function Prose({ text }: { text: string }) {
  const parts = text.split("`");
  return parts.map((part, index) => (index % 2 === 1 ? <code key={index}>{part}</code> : <Fragment key={index}>{part}</Fragment>));
}

interface Props {
  findings: Finding[];
  /** Absent where they stand at their place already. */
  onJump?(finding: Finding): void;
  /** Absent where nothing can be edited. */
  onFix?(edits: Edit[]): void;
  onExplain(code: string): void;
}

export function Findings({ findings, ...rest }: Props) {
  return (
    <ol className="list">
      {findings.map((finding) => (
        <Item key={finding.fingerprint} {...rest} {...{ finding }} />
      ))}
    </ol>
  );
}

/** One finding; a brief one stands at its field, and says the rest in the list. */
export function Item({ finding, isBrief, onJump, onFix, onExplain }: Omit<Props, "findings"> & { finding: Finding; isBrief?: boolean }) {
  const { span, fix, expected, related = [] } = finding;
  return (
    <li className="finding" data-severity={finding.severity} data-code={finding.code}>
      <div className="head">
        {onJump === undefined ? null : span ? (
          <button type="button" className="place" aria-label={`${span.line}:${span.column}, go to line ${span.line}, column ${span.column}`} onClick={() => onJump(finding)}>
            {span.line}:{span.column}
          </button>
        ) : (
          <span className="place">whole document</span>
        )}
        <span className="severity">{finding.severity}</span>
        <button type="button" className="code" title="What this finding means" onClick={() => onExplain(finding.code)}>
          {finding.code}
        </button>
        {fix && onFix && (
          <button type="button" className="fix" onClick={() => onFix(fix.edits)}>
            {fix.safety === "safe" ? "Apply fix" : "Apply suggestion"}
          </button>
        )}
      </div>
      <p className="message">
        <Prose text={finding.message} />
      </p>
      <dl>
        <Row term="expected">
          <Prose text={expected.text} />
        </Row>
        {expected.value !== undefined && !isBrief && (
          <Row term="nearest">
            <code>{expected.value}</code>
          </Row>
        )}
        {finding.help !== undefined && (
          <Row term="help">
            <Prose text={finding.help} />
          </Row>
        )}
        {!isBrief && (
          <>
            <Row term="retry">
              <Prose text={finding.retry.text} />
            </Row>
            {related.map(({ message, file, span }) => (
              <Row key={`${message}\n${file}\n${span?.start}`} term="see">
                <Prose text={message} />
                {span && <span className="quiet">{` ${file === undefined ? "" : `${file}:`}${span.line}:${span.column}`}</span>}
              </Row>
            ))}
            {finding.owner !== undefined && <Row term="owner">{finding.owner}</Row>}
          </>
        )}
      </dl>
    </li>
  );
}

function Row({ term, children }: { term: string; children: ReactNode }) {
  return (
    <>
      <dt>{term}</dt>
      <dd>{children}</dd>
    </>
  );
}
