package dev.imago.cli;

import dev.imago.accounts.Accounts;
import dev.imago.accounts.AuditLog;
import dev.imago.core.Bounds;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;

/// The log of what was changed, by whom.
@Command(
    name = "audit",
    mixinStandardHelpOptions = true,
    description = "Show who changed keys, budgets and prices; verify that no record was touched.",
    subcommands = AuditCommand.Verify.class,
    footer = {"", "Example:  imago audit verify"})
final class AuditCommand implements Callable<Integer> {
  @ParentCommand Imago imago = new Imago();
  @Mixin private AccountsOption accounts = new AccountsOption();

  @Option(names = "--last", paramLabel = "N", description = "How many (default: 20).")
  private int last = 20;

  @Override
  public Integer call() {
    Bounds.whole("--last", last, 1, 1_000_000);
    var rows = new ArrayList<List<String>>();
    try (Accounts open = accounts.open(imago)) {
      for (AuditLog.Change each : open.audit().newest(last).reversed()) {
        rows.add(
            List.of(
                String.valueOf(each.number()),
                Instant.ofEpochMilli(each.at()).toString(),
                each.actor(),
                each.action(),
                each.subject(),
                each.detail()));
      }
    }
    System.out.print(
        rows.isEmpty()
            ? "nothing was changed yet%n".formatted()
            : Table.render(List.of("#", "at", "who", "did", "to", "how"), rows));
    return 0;
  }

  /// Looks whether the log is as it was written.
  @Command(
      name = "verify",
      mixinStandardHelpOptions = true,
      description = "Tell whether the log is as it was written, and the hash of its last record.",
      footer = {"", "Example:  imago audit verify"})
  static final class Verify implements Callable<Integer> {
    @ParentCommand private AuditCommand parent = new AuditCommand();
    @Mixin private AccountsOption accounts = new AccountsOption();

    @Override
    public Integer call() {
      try (Accounts open = accounts.or(parent.accounts).open(parent.imago)) {
        AuditLog.Verdict verdict = open.audit().verify();
        System.out.printf(
            "%d records, %s%nhead %s%n",
            verdict.changes(), verdict.defect().orElse("all as they were written"), verdict.head());
        return verdict.defect().isPresent() ? 3 : 0;
      }
    }
  }
}
