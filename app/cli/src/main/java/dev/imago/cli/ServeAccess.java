package dev.imago.cli;

import dev.imago.accounts.Accounts;
import dev.imago.core.Bounds;
import dev.imago.core.ConfigException;
import dev.imago.data.AnswerKeeping;
import dev.imago.masking.TenantMasking;
import dev.imago.moderation.TenantModeration;
import dev.imago.serve.Safeguards;
import dev.imago.serve.ServerConfig;
import dev.imago.state.StateAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// The options of who may reach a server, and how.
final class ServeAccess {
  @Option(
      names = "--api-key",
      paramLabel = "KEY",
      description = {
        "A key that callers must show as `Authorization: Bearer KEY`. Repeatable.",
        "IMAGO_API_KEY, with commas between several, keeps it out of the list of processes."
      })
  private List<String> apiKeys = List.of();

  @Option(
      names = "--no-api-key",
      description = "Let other machines in although no key is asked of them.")
  private boolean withoutKey;

  @Mixin private TlsOptions tls = new TlsOptions();

  @Option(
      names = "--access-log",
      paramLabel = "FILE",
      description = "Append a line for each request to a file, or to standard error with -.")
  String accessLog = "";

  @Option(
      names = "--masking",
      paramLabel = "FILE",
      description = {
        "What is taken out of requests and answers, in YAML: all: {email: number, card: block};",
        "tenants: {ORGANISATION or KEY: …}; key: FILE of secret bytes, for pseudonyms; regions:"
            + " [CN, DE]."
      })
  private @Nullable Path maskingFile;

  @Option(
      names = "--moderation",
      paramLabel = "FILE",
      description = {
        "Lists of words that /v1/moderations flags, in YAML, of each category its words or a file",
        "with one a line: {insult: [fool, 笨蛋], violence: violence.txt}. Or {lists: …, rules: …,",
        "model: NAME, all: {prompt: block, answer: block}, tenants: …}, for requests and answers."
      })
  private @Nullable Path moderationFile;

  @Option(
      names = "--keep",
      paramLabel = "RULES",
      split = ",",
      description = {
        "Which answers are kept for people to look at, masked: share=0.01 of all,",
        "low-confidence=0.5 in the mean of tokens' probabilities, long=400 tokens or more,",
        "thumbs-down, flagged by --moderation. `imago feedback queue` makes items of them."
      })
  private List<String> keep = List.of();

  @Option(
      names = "--keep-days",
      paramLabel = "N",
      description = "After which they are gone (default: 30).")
  private int keepDays = 30;

  /// Which answers are kept.
  AnswerKeeping keeping() {
    if (keep.isEmpty() && keepDays != 30) {
      throw new ConfigException(
          "--keep-days = %d is of answers that are kept; say which, by --keep".formatted(keepDays));
    }
    Bounds.whole("--keep-days", keepDays, 1, 3650, "30 are usual");
    return AnswerKeeping.parse(keep, Duration.ofDays(keepDays));
  }

  /// What stands between callers and models: what a gateway's file says, and what these options do.
  ///
  /// @throws ConfigException where both say the same thing
  Safeguards safeguards(Optional<GatewayFile> file) {
    Safeguards all = file.map(GatewayFile::safeguards).orElse(Safeguards.NONE);
    if (maskingFile != null) {
      checkOnce("masking", all.masking().equals(TenantMasking.NOTHING));
      all = all.withMasking(MaskingFile.read(maskingFile));
    }
    if (moderationFile != null) {
      checkOnce("moderation", all.moderation().equals(TenantModeration.NOTHING));
      all = all.withModeration(ModerationFile.read(moderationFile));
    }
    return all;
  }

  private static void checkOnce(String what, boolean once) {
    if (!once) {
      throw new ConfigException(
          "--%s and %s of --config contradict each other: give one of them".formatted(what, what));
    }
  }

  @Mixin private AccountsOption accounts = new AccountsOption();

  /// The accounts of callers, where any are kept: in the state that is named, or in the workspace.
  Optional<Accounts> accounts(Imago imago, Optional<GatewayFile> file) {
    Path folder = imago.workspace().resolve("state");
    String where = file.map(GatewayFile::state).orElse("");
    if (accounts.isNamed() || where.isEmpty()) {
      return keepsAccounts(imago) || file.map(GatewayFile::hasAccounts).orElse(false)
          ? Optional.of(accounts.open(imago))
          : Optional.empty();
    }
    return Optional.of(Accounts.open(StateAddress.parse(where), folder));
  }

  /// Whether callers have accounts, without a look at them.
  boolean keepsAccounts(Imago imago) {
    return accounts.isNamed() || Files.exists(imago.workspace().resolve("state").resolve("secret"));
  }

  ServerConfig.Listening listening(ServeOptions options, boolean withAccounts) {
    var keys = new ArrayList<>(apiKeys);
    String named = System.getenv("IMAGO_API_KEY");
    if (named != null && !named.isBlank()) {
      Arrays.stream(named.split(",")).map(String::strip).forEach(keys::add);
    }
    if (withoutKey && !keys.isEmpty()) {
      throw new ConfigException(
          "--no-api-key and a key (--api-key or IMAGO_API_KEY) contradict each other: give one of"
              + " them");
    }
    return new ServerConfig.Listening(
        options.host(),
        options.port(),
        keys,
        withoutKey,
        tls.files(ServerConfig.TlsFiles::new),
        withAccounts);
  }
}
