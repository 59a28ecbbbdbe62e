package dev.imago.cli;

import dev.imago.accounts.Accounts;
import dev.imago.accounts.CsvCells;
import dev.imago.accounts.Organisations;
import dev.imago.accounts.UsageReports;
import java.time.YearMonth;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;

/// What was used in a month.
@Command(
    name = "usage",
    mixinStandardHelpOptions = true,
    description = "Tell what was used in a month, by whom, of what, or when.",
    subcommands = UsageCommand.Reconcile.class,
    footer = {"", "Example:  imago usage --by team --month 2026-11 --zone Asia/Shanghai"})
final class UsageCommand implements Callable<Integer> {
  @ParentCommand Imago imago = new Imago();
  @Mixin private AccountsOption accounts = new AccountsOption();

  @Option(
      names = "--by",
      description = "organisation, team, user, key, model (default), day or hour.")
  private String by = "model";

  @Option(names = "--month", description = "Such as 2026-11 (default: this one).")
  private @Nullable String month;

  @Option(names = "--zone", description = "The time zone that the month is one in (default: UTC).")
  private String zone = "UTC";

  @Option(
      names = "--organisation",
      paramLabel = "NAME",
      description = "Of one alone (default: all).")
  private String organisation = "";

  @Option(names = "--csv", description = "Write a table that other programs read.")
  private boolean csv;

  private static UsageReports.Span span(String organisation, @Nullable String month, String zone) {
    ZoneId in = Organisations.zone(zone);
    return UsageReports.Span.month(
        organisation, month == null ? YearMonth.now(in).toString() : month, in);
  }

  @Override
  public Integer call() {
    UsageReports.By rows = UsageReports.By.parse(by);
    var lines = new ArrayList<List<String>>();
    try (Accounts open = accounts.open(imago)) {
      if (!organisation.isEmpty()) {
        var _ = open.organisations().named(organisation); // a slip of the pen used nothing, too
      }
      for (UsageReports.Row row : open.usage().report(rows, span(organisation, month, zone))) {
        lines.add(
            List.of(
                csv ? CsvCells.text(row.organisation()) : row.organisation(),
                csv ? CsvCells.text(row.name()) : row.name(),
                number(row.requests()),
                number(row.tokens().input()),
                number(row.tokens().cached()),
                number(row.tokens().output()),
                number(row.tokens().reasoning()),
                row.costText(),
                row.currency()));
      }
    }
    var header =
        List.of(
            "organisation",
            by,
            "requests",
            "input",
            "cached",
            "output",
            "reasoning",
            "cost",
            "currency");
    if (csv) {
      System.out.print(CsvCells.row(header));
      lines.forEach(line -> System.out.print(CsvCells.row(line)));
    } else if (lines.isEmpty()) {
      System.out.println("nothing was used");
    } else {
      System.out.print(Table.render(header, lines));
    }
    return 0;
  }

  private String number(long value) {
    return String.format(Locale.ROOT, csv ? "%d" : "%,d", value);
  }

  /// Holds entries, sums and invoices against each other.
  @Command(
      name = "reconcile",
      mixinStandardHelpOptions = true,
      description =
          "Hold the ledger's entries, the sums of reports and the invoices against each other, to"
              + " the token.",
      footer = {"", "Example:  imago usage reconcile --month 2026-11"})
  static final class Reconcile implements Callable<Integer> {
    @ParentCommand private UsageCommand parent = new UsageCommand();
    @Mixin private AccountsOption accounts = new AccountsOption();

    @Option(names = "--month", description = "Such as 2026-11 (default: this one).")
    private @Nullable String month;

    @Option(
        names = "--zone",
        description = "The time zone that the month is one in (default: UTC).")
    private @Nullable String zone;

    @Override
    public Integer call() {
      var differences = new ArrayList<String>();
      try (Accounts open = accounts.or(parent.accounts).open(parent.imago)) {
        differences.addAll(
            open.usage()
                .reconcile(
                    span(
                        "",
                        month == null ? parent.month : month,
                        zone == null ? parent.zone : zone)));
        differences.addAll(open.invoices().differences());
      }
      differences.forEach(System.out::println);
      if (differences.isEmpty()) {
        System.out.println("entries, sums and invoices agree");
      }
      return differences.isEmpty() ? 0 : 3;
    }
  }
}
