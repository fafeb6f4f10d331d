// Signing in with a token.

import { type FormEvent, useState } from "react";

import { type Gate, Problem, type SignedIn } from "./api";

interface Props {
  gate: Gate;
  /** Whether somebody was signed in a moment ago. */
  hasEnded: boolean;
  onSignedIn(who: SignedIn): void;
}

export function SignIn({ gate, hasEnded, onSignedIn }: Props) {
  const [trouble, setTrouble] = useState<string>();
  const [isBusy, setBusy] = useState(false);

  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const token = String(new FormData(event.currentTarget).get("token")).trim();
    setBusy(true);
    try {
      onSignedIn(await gate.signIn(token));
    } catch (error) {
      setTrouble(error instanceof Problem ? error.message : String(error));
      setBusy(false);
    }
  };
  return (
    <main className="door">
      <h1>Setpoint</h1>
      <form onSubmit={submit}>
        <label htmlFor="token">Token</label>
        <input id="token" name="token" type="password" autoComplete="current-password" required aria-describedby="token-help" />
        <p id="token-help" className="quiet">
          <code>setpoint serve</code> prints one when it starts; <code>setpoint token new NAME --role editor</code> makes one that stays.
        </p>
        {hasEnded && trouble === undefined && <p role="status">You are not signed in any more. What you have typed is kept.</p>}
        {trouble !== undefined && (
          <p className="trouble" role="alert">
            {trouble}
          </p>
        )}
        <button type="submit" disabled={isBusy}>
          Sign in
        </button>
      </form>
    </main>
  );
}
