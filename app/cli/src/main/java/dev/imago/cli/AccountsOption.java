package dev.imago.cli;

import dev.imago.accounts.Accounts;
import dev.imago.core.ConfigException;
import dev.imago.state.StateAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// The option of where accounts are kept.
final class AccountsOption {
  private static final Pattern TIME = Pattern.compile("(\\d{1,9})\\s*([smhd])");

  @Option(
      names = "--state",
      paramLabel = "WHERE",
      description = {
        "The state: a folder, or postgresql://USER:PASSWORD@HOST/DATABASE",
        "(default: $IMAGO_STATE, or state in the workspace)."
      })
  private @Nullable String where;

  /// Whether a state is named, and not only that of the workspace.
  boolean isNamed() {
    return where != null || System.getenv("IMAGO_STATE") != null;
  }

  /// Whether the option stands there.
  boolean isGiven() {
    return where != null;
  }

  /// Where this option stands, or else where it stands before a subcommand's name.
  AccountsOption or(AccountsOption before) {
    return where == null ? before : this;
  }

  StateAddress address(Path workspace) {
    String named = where == null ? System.getenv("IMAGO_STATE") : where;
    return named == null ? StateAddress.in(workspace) : StateAddress.parse(named);
  }

  Accounts open(Imago imago) {
    return Accounts.open(address(imago.workspace()), imago.workspace().resolve("state"));
  }

  /// Who changes something, for the audit log: the user of this machine.
  static String actor() {
    return System.getProperty("user.name", "unknown");
  }

  /// A time such as `30d`, `12h`, `15m` or `10s`.
  static Duration time(String option, String text) {
    Matcher found = TIME.matcher(text);
    if (!found.matches()) {
      throw new ConfigException(
          "%s = %s is no time; give one like 30d, 12h, 15m or 10s".formatted(option, text));
    }
    long number = Long.parseLong(found.group(1));
    return switch (found.group(2)) {
      case "s" -> Duration.ofSeconds(number);
      case "m" -> Duration.ofMinutes(number);
      case "h" -> Duration.ofHours(number);
      default -> Duration.ofDays(number);
    };
  }
}
