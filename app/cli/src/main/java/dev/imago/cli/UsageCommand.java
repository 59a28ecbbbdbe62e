package dev.imago.cli;

import dev.imago.accounts.Accounts;
import dev.imago.accounts.Corrections;
import dev.imago.accounts.CsvCells;
import dev.imago.accounts.Organisations;
import dev.imago.accounts.SumsMending;
import dev.imago.accounts.UsageReports;
import dev.imago.core.Bounds;
import java.time.Instant;
import java.time.YearMonth;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/// What was used in a month.
@Command(
    name = "usage",
    mixinStandardHelpOptions = true,
    description = "Tell what was used in a month, by whom, of what, or when.",
    subcommands = {
      UsageCommand.Reconcile.class,
      UsageCommand.Entries.class,
      UsageCommand.Correct.class
    },
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
      checkThere(open, organisation);
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
      csv(header, lines);
    } else if (lines.isEmpty()) {
      System.out.println("nothing was used");
    } else {
      System.out.print(Table.render(header, lines));
    }
    return 0;
  }

  /// A slip of the pen used nothing, too.
  ///
  /// @param organisation empty for all
  private static void checkThere(Accounts open, String organisation) {
    if (!organisation.isEmpty()) {
      var _ = open.organisations().named(organisation);
    }
  }

  private static void csv(List<String> header, List<List<String>> lines) {
    System.out.print(CsvCells.row(header));
    lines.forEach(line -> System.out.print(CsvCells.row(line)));
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
      footer = {
        "",
        "Examples:",
        "  imago usage reconcile --month 2026-11",
        "  imago usage reconcile --month 2026-11 --mend"
      })
  static final class Reconcile implements Callable<Integer> {
    @ParentCommand private UsageCommand parent = new UsageCommand();
    @Mixin private AccountsOption accounts = new AccountsOption();

    @Option(names = "--month", description = "Such as 2026-11 (default: this one).")
    private @Nullable String month;

    @Option(
        names = "--zone",
        description = "The time zone that the month is one in (default: UTC).")
    private @Nullable String zone;

    @Option(
        names = "--mend",
        description =
            "First make the sums of that month anew from the entries, where they differ: a server"
                + " of an earlier version that ran beside newer ones leaves some short.")
    private boolean mend;

    @Override
    public Integer call() {
      var differences = new ArrayList<String>();
      UsageReports.Span span =
          span("", month == null ? parent.month : month, zone == null ? parent.zone : zone);
      try (Accounts open = accounts.or(parent.accounts).open(parent.imago)) {
        if (mend) {
          open.mending().mend(AccountsOption.actor(), span).forEach(Reconcile::tell);
        }
        differences.addAll(open.usage().reconcile(span));
        differences.addAll(open.invoices().differences());
      }
      differences.forEach(System.out::println);
      if (differences.isEmpty()) {
        System.out.println("entries, sums and invoices agree");
      }
      return differences.isEmpty() ? 0 : 3;
    }

    private static void tell(SumsMending.Mended mended) {
      System.out.printf(
          "mended: %s, %,d rows of its %s, by %+d requests, %+d tokens, cost %s%n",
          mended.organisation(),
          mended.rows(),
          mended.sums(),
          mended.requests(),
          mended.tokens(),
          mended.costText());
    }
  }

  /// The newest entries of the ledger.
  @Command(
      name = "entries",
      mixinStandardHelpOptions = true,
      description = "Show the newest entries of the ledger, corrections too.",
      footer = {"", "Example:  imago usage entries --organisation acme --most 20"})
  static final class Entries implements Callable<Integer> {
    @ParentCommand private UsageCommand parent = new UsageCommand();
    @Mixin private AccountsOption accounts = new AccountsOption();

    @Option(
        names = "--organisation",
        paramLabel = "NAME",
        description = "Of one alone (default: all).")
    private @Nullable String organisation;

    @Option(names = "--most", paramLabel = "N", description = "How many (default: 20).")
    private int most = 20;

    @Option(names = "--csv", description = "Write a table that other programs read.")
    private boolean csv;

    @Override
    public Integer call() {
      Bounds.whole("--most", most, 1, 100_000);
      String of = organisation == null ? parent.organisation : organisation;
      boolean table = !csv && !parent.csv;
      var lines = new ArrayList<List<String>>();
      try (Accounts open = accounts.or(parent.accounts).open(parent.imago)) {
        checkThere(open, of);
        for (Corrections.Entry each : open.corrections().newest(of, most)) {
          lines.add(
              List.of(
                  Instant.ofEpochMilli(each.at()).toString(),
                  each.request(),
                  table ? each.organisation() : CsvCells.text(each.organisation()),
                  each.key(),
                  table ? each.model() : CsvCells.text(each.model()),
                  each.outcome(),
                  String.valueOf(each.tokens().input()),
                  String.valueOf(each.tokens().cached()),
                  String.valueOf(each.tokens().output()),
                  String.valueOf(each.tokens().reasoning()),
                  each.costText(),
                  each.currency()));
        }
      }
      var header =
          List.of(
              "at",
              "request",
              "organisation",
              "key",
              "model",
              "outcome",
              "input",
              "cached",
              "output",
              "reasoning",
              "cost",
              "currency");
      if (table) {
        System.out.print(
            lines.isEmpty()
                ? "nothing was used%n".formatted()
                : Table.render(Set.of("at", "request", "key"), header, lines));
      } else {
        csv(header, lines);
      }
      return 0;
    }
  }

  /// Corrects what is booked of a request.
  @Command(
      name = "correct",
      mixinStandardHelpOptions = true,
      description = {
        "Correct what is booked of a request, by one more entry with the difference.",
        "Tokens that are not given stay as they are booked; the cost is that of its day's prices."
      },
      footer = {
        "",
        "Example:  imago usage correct req_0c1d --output 0 --why 'the answer was cut off'"
      })
  static final class Correct implements Callable<Integer> {
    @ParentCommand private UsageCommand parent = new UsageCommand();
    @Mixin private AccountsOption accounts = new AccountsOption();

    @Parameters(
        paramLabel = "REQUEST",
        description = "Its id, from `imago usage entries` or its answer's header x-imago-entry.")
    private String request = "";

    @Option(names = "--input", paramLabel = "N", description = "Tokens of the prompt.")
    private @Nullable Long input;

    @Option(names = "--cached", paramLabel = "N", description = "Those of them found computed.")
    private @Nullable Long cached;

    @Option(names = "--output", paramLabel = "N", description = "Tokens of the answer.")
    private @Nullable Long output;

    @Option(
        names = "--reasoning",
        paramLabel = "N",
        description = "Those of them that are thoughts.")
    private @Nullable Long reasoning;

    @Option(names = "--cost", paramLabel = "AMOUNT", description = "What it costs, such as 0.02.")
    private @Nullable String cost;

    @Option(names = "--why", required = true, description = "The reason, for the audit log.")
    private String why = "";

    private static OptionalLong given(@Nullable Long number) {
      return number == null ? OptionalLong.empty() : OptionalLong.of(number);
    }

    @Override
    public Integer call() {
      var wanted =
          new Corrections.Wanted(
              request,
              given(input),
              given(cached),
              given(output),
              given(reasoning),
              Optional.ofNullable(cost),
              why);
      try (Accounts open = accounts.or(parent.accounts).open(parent.imago)) {
        Corrections.Entry made = open.corrections().correct(AccountsOption.actor(), wanted);
        System.out.printf(
            "%s: input %+d, cached %+d, output %+d, reasoning %+d, cost %s %s%n",
            made.request(),
            made.tokens().input(),
            made.tokens().cached(),
            made.tokens().output(),
            made.tokens().reasoning(),
            made.costText(),
            made.currency());
      }
      return 0;
    }
  }
}
