"""Hand a case on: a signed package for one recipient, and the check of one that came."""

from __future__ import annotations

import os
from pathlib import Path

import click

from upriver.commands.opening import check_finished, opened_case, outside
from upriver.commands.words import PATH, manual
from upriver.errors import PackageError

# For machines that sign without a person at the keyboard.
PASSPHRASE = "UPRIVER_KEY_PASSPHRASE"


@click.command(
    short_help="Hand a case on: a signed folder for one recipient.",
    help=manual(
        """
Write a package of CASE for one recipient: FollowTheMoney and STIX 2.1, findings and ledger with their records, hashes
of the source files, a list of all with SHA-256, and a signature. Victims and presumed victims are masked. What went, to
whom and when, is kept in the case's log of disclosures.

A recipient that keeps accounts or numbers of the case (a bank, an exchange, a telecom: whoever has a sheet in `upriver
requests`) gets its sheets and what stands on them, and no more; every other is taken for an agency that investigates.

The first package makes a key for this user, unless --key names one. Tell the recipient its fingerprint over another
channel: it is what proves that the package is yours.

Examples:

  upriver package demo/evidence.upriver --for "Royal Police, cyber division" --from "Agency A"
  upriver package demo/evidence.upriver --for "Lotus Bay" --out lotus-bay
  upriver package --new-key agency.key --passphrase
  upriver package demo/evidence.upriver --log
"""
    ),
)
@click.argument("case", type=PATH, required=False)
@click.option("--for", "recipient", metavar="RECIPIENT", help="Who gets it, by name.")
@click.option("--out", type=PATH, help="Folder to write; it must not be there. [default: beside the case]")
@click.option("--from", "sender", default="", metavar="NAME", help="Who hands it on.")
@click.option("--kind", type=click.Choice(["agency", "keeper"]), help="What the recipient is. [default: see above]")
@click.option("--tlp", type=click.Choice(["clear", "green", "amber", "red"]), default="amber", show_default=True,
              help="How far it may be passed on (Traffic Light Protocol).")  # fmt: skip
@click.option("--key", type=PATH, help="Private key that signs. [default: this user's own]")
@click.option("--with-files", is_flag=True, help="The source files themselves, not their hashes; needs --unmask.")
@click.option("--unmask", is_flag=True, help="Name victims, to an agency alone; written into log and manifest.")
@click.option("--new-key", type=PATH, metavar="FILE", help="Make a key pair: FILE and FILE.pub.")
@click.option("--passphrase", is_flag=True, help="With --new-key: ask for a passphrase that shuts the key.")
@click.option("--log", "show_log", is_flag=True, help="Show what was handed on of CASE.")
def package(
    case: Path | None, recipient: str | None, out: Path | None, sender: str, kind: str | None, tlp: str,
    key: Path | None, with_files: bool, unmask: bool, new_key: Path | None, passphrase: bool, show_log: bool,
) -> None:  # fmt: skip
    if new_key is not None:
        _make_key(new_key, passphrase)
        return
    if case is None:
        raise click.UsageError("name the case, or make a key with --new-key FILE")
    if show_log:
        _show_log(case)
        return
    if recipient is None or not recipient.strip():
        raise click.UsageError("say who gets it: --for NAME")
    from upriver.package.folder import Order, default_target, pack
    from upriver.pipeline import note_unmasked
    from upriver.report.figures import visible
    from upriver.seal import keys

    with opened_case(case, read_only=not unmask) as opened:
        check_finished(opened)
        target = out or default_target(opened.home, recipient)
        outside(opened, target, "a package")
        signing = key or _own_key()
        for kept, name in ((opened.home, "the case"), (opened.folder, "the evidence")):
            if signing.resolve().is_relative_to(kept.resolve()):
                raise PackageError(f"{signing}: a private key may not lie in {name}, which is handed on; move it away")
        private = keys.private_key(signing, lambda: _passphrase(signing))
        packed = pack(opened, Order(recipient.strip(), kind, sender.strip(), tlp, unmask, with_files), target, private)
        if unmask:
            note_unmasked(opened, f"package for {visible(recipient)}")
    for note in packed.notes:
        click.echo(f"note: {visible(note)}", err=True)
    made = packed.manifest
    told = ", ".join(f"{n:,} {table}" for table, n in sorted(made.rows.items()))
    click.echo(f"upriver: for {made.recipient}, taken as {made.kind}; {told}", err=True)
    click.echo(f"upriver: {'victims masked' if made.masked else 'VICTIMS BY NAME'}; TLP:{tlp.upper()}", err=True)
    click.echo(f"upriver: tell the recipient over another channel: key {keys.spoken(made.key)}", err=True)
    click.echo(packed.folder)


@click.command(
    short_help="Check a package: signature, and every file against its hash.",
    help=manual(
        """
Check PACKAGE, a folder that `upriver package` wrote: the signature, and each file against its SHA-256. Tells
exactly what changed, is missing or was added; exit code 1 when anything is wrong. Nothing in the package is run or
followed.

--key takes the fingerprint that the sender told you over another channel, or the sender's public key. Without it the
check proves that the package is as it was signed, and not by whom.

Examples:

  upriver verify evidence-for-royal-police
  upriver verify evidence-for-royal-police --key "3f09 ab12 ..."
"""
    ),
)
@click.argument("folder", metavar="PACKAGE", type=PATH)
@click.option("--key", help="The sender's public key file, or its fingerprint.")
@click.pass_context
def verify(context: click.Context, folder: Path, key: str | None) -> None:
    from upriver.package.verify import as_lines
    from upriver.seal.check import verify as check

    verdict = check(folder, key)
    for line in as_lines(verdict):
        click.echo(line)
    if not verdict.whole:
        context.exit(1)


def _make_key(path: Path, passphrase: bool) -> None:
    from upriver.seal import keys

    phrase = None
    if passphrase:
        phrase = os.environ.get(PASSPHRASE) or click.prompt(
            "Passphrase", hide_input=True, confirmation_prompt=True, err=True
        )
    print_ = keys.new_key(path, phrase)
    click.echo(f"upriver: {path}: keep it to yourself; give {path}{keys.PUBLIC} to whoever gets packages", err=True)
    click.echo(keys.spoken(print_))


def _own_key() -> Path:
    """This user's key, made where there is none."""
    from upriver.seal import keys

    path = Path(click.get_app_dir("upriver")) / "signing.key"
    if not path.exists():
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise PackageError(f"{path.parent}: cannot be made ({error.strerror}); name a key with --key") from error
        keys.new_key(path)
        click.echo(f"upriver: made a key for this user, without a passphrase: {path}", err=True)
    return path


def _passphrase(path: Path) -> str:
    return os.environ.get(PASSPHRASE) or str(click.prompt(f"Passphrase of {path}", hide_input=True, err=True))


def _show_log(home: Path) -> None:
    from upriver.case import disclosures
    from upriver.case.manifest import load
    from upriver.report.figures import visible

    load(home)
    found, notices = disclosures.read(home)
    for notice in notices:
        click.echo(f"note: {visible(notice)}", err=True)
    if not found:
        click.echo("nothing of this case was handed on")
    for one in found:
        names = "masked" if one.masked else "BY NAME"
        rows = ", ".join(f"{n:,} {table}" for table, n in sorted(one.rows.items()))
        files = "with source files" if one.sources else "no source files"
        click.echo(
            visible(
                f"{one.made_at}  {one.recipient} ({one.kind})  victims {names}  TLP:{one.tlp.upper()}  {files}  "
                f"{rows}  by {one.made_by}  as {one.place}  package {one.package_id}"
            )
        )
