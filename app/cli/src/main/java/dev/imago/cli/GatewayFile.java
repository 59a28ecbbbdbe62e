package dev.imago.cli;

import dev.imago.accounts.Accounts;
import dev.imago.accounts.BudgetWebhooks;
import dev.imago.accounts.Limits;
import dev.imago.accounts.Organisations;
import dev.imago.accounts.Prices;
import dev.imago.accounts.TokenPrice;
import dev.imago.core.Binder;
import dev.imago.core.ConfigException;
import dev.imago.core.InputException;
import dev.imago.serve.OtlpSettings;
import dev.imago.serve.Safeguards;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// What a gateway is to be, in one file that can be read by people, kept in a repository and
/// checked before it is used (`--dry-run`).
///
/// @param serve what a recipe's `serve` may say, and whatever of it is not said stays
/// @param state empty for the workspace's
/// @param accessLog as `--access-log`
/// @param safeguards what stands between callers and models
/// @param otlp where traces and metrics are sent
record GatewayFile(
    String model,
    ObjectNode serve,
    String state,
    String accessLog,
    List<OrganisationSetting> organisations,
    List<PriceSetting> prices,
    List<LimitSetting> limits,
    Safeguards safeguards,
    Optional<OtlpSettings> otlp) {
  private static final Set<String> KEYS =
      new TreeSet<>(
          Set.of(
              "model",
              "serve",
              "state",
              "accessLog",
              "organisations",
              "prices",
              "limits",
              "masking",
              "moderation",
              "policy",
              "otlp",
              "provenance"));

  /// An organisation, made where it is not there.
  ///
  /// @param webhook where it is told of soft limits that are passed; empty for what it was
  record OrganisationSetting(String name, String zone, String currency, String webhook) {
    static final OrganisationSetting USUAL = new OrganisationSetting("", "UTC", "EUR", "");

    private void apply(Accounts accounts, String actor) {
      var _ = accounts.organisations().set(actor, name, zone, currency);
      if (!webhook.isEmpty()) {
        var _ = accounts.webhooks().set(actor, name, webhook);
      }
    }

    private void check() {
      var _ = Organisations.check(name, zone, currency);
      if (!webhook.isEmpty()) {
        BudgetWebhooks.checkAddress(webhook);
      }
    }
  }

  /// Amounts are texts, in quotes: YAML's numbers with a point are no exact ones.
  ///
  /// @param from the first day, such as `2026-12-01`
  /// @param cached empty for as input; so with `reasoning` and output
  record PriceSetting(
      String model,
      String from,
      String input,
      String cached,
      String output,
      String reasoning,
      String currency) {
    static final PriceSetting USUAL = new PriceSetting("*", "2026-01-01", "", "", "", "", "EUR");

    Prices.Entry entry() {
      var price =
          new TokenPrice(
              currency,
              Prices.amount("input", input),
              Prices.amount("cached", cached.isEmpty() ? input : cached),
              Prices.amount("output", output),
              Prices.amount("reasoning", reasoning.isEmpty() ? output : reasoning));
      try {
        return new Prices.Entry(model, LocalDate.parse(from), price);
      } catch (DateTimeException e) {
        throw new ConfigException(
            "from = %s is no day; give one like 2026-12-01".formatted(from), e);
      }
    }
  }

  /// A limit, as `imago budget set` sets it.
  record LimitSetting(
      String scope,
      String who,
      String organisation,
      String what,
      String per,
      String amount,
      boolean soft) {
    static final LimitSetting USUAL = new LimitSetting("", "", "default", "", "month", "", false);

    Limits.Wanted wanted() {
      return new Limits.Wanted(scope, organisation, who, what, per, amount, !soft);
    }
  }

  /// @throws ConfigException for what it may not say
  /// @throws InputException for a file that is none
  static GatewayFile read(Path file) {
    JsonNode root = SettingsYaml.read(file);
    if (!(root instanceof ObjectNode settings)) {
      throw new ConfigException(
          "%s holds no settings; the least is: `model: weights/3f2a`".formatted(file));
    }
    for (String key : settings.propertyNames()) {
      if (!KEYS.contains(key)) {
        throw new ConfigException(
            "%s: there is no setting %s; those that are: %s"
                .formatted(file, key, String.join(", ", KEYS)));
      }
    }
    JsonNode serve = settings.get("serve");
    if (serve != null && !serve.isObject()) {
      throw new ConfigException(file + ": serve holds no settings");
    }
    return new GatewayFile(
        text(settings, "model"),
        serve instanceof ObjectNode given ? given : JsonMapper.shared().createObjectNode(),
        text(settings, "state"),
        text(settings, "accessLog"),
        list(settings, "organisations", OrganisationSetting.USUAL, Function.identity()),
        list(settings, "prices", PriceSetting.USUAL, Function.identity()),
        list(settings, "limits", LimitSetting.USUAL, Function.identity()),
        safeguards(file, settings),
        otlp(settings));
  }

  private static Safeguards safeguards(Path file, ObjectNode settings) {
    Safeguards read = Safeguards.NONE;
    if (settings.get("masking") instanceof JsonNode masking) {
      read = read.withMasking(MaskingFile.read(file, masking));
    }
    if (settings.get("moderation") instanceof JsonNode moderation) {
      read = read.withModeration(ModerationFile.read(file, moderation));
    }
    if (settings.get("policy") instanceof JsonNode policy) {
      read = read.withPolicies(PolicyFile.read(policy));
    }
    if (settings.get("provenance") instanceof JsonNode mark) {
      if (!mark.isBoolean()) {
        throw new ConfigException("provenance = %s is neither true nor false".formatted(mark));
      }
      read = read.withMark(mark.booleanValue());
    }
    return read;
  }

  private static Optional<OtlpSettings> otlp(ObjectNode settings) {
    JsonNode value = settings.get("otlp");
    if (value == null) {
      return Optional.empty();
    }
    if (!(value instanceof ObjectNode given)) {
      throw new ConfigException(
          "otlp holds no settings; the least is: `otlp: {endpoint: \"http://localhost:4318\"}`");
    }
    return Optional.of(Binder.bind("otlp", given, OtlpSettings.USUAL));
  }

  private static String text(ObjectNode settings, String key) {
    JsonNode value = settings.get(key);
    if (value == null || value.isNull()) {
      return "";
    }
    if (!value.isString()) {
      throw new ConfigException(key + " is no text");
    }
    return value.asString();
  }

  private static <C extends Record, T> List<T> list(
      ObjectNode settings, String key, C usual, Function<C, T> made) {
    @Nullable JsonNode value = settings.get(key);
    var all = new ArrayList<T>();
    if (value == null) {
      return all;
    }
    if (!value.isArray()) {
      throw new ConfigException(key + " is no list: begin each of its lines with a dash");
    }
    for (int i = 0; i < value.size(); i++) {
      String where = "%s[%d]".formatted(key, i);
      if (!(value.get(i) instanceof ObjectNode each)) {
        throw new ConfigException(where + " holds no settings");
      }
      all.add(made.apply(Binder.bind(where, each, usual)));
    }
    return all;
  }

  /// Whether it asks for accounts.
  boolean hasAccounts() {
    return !state.isEmpty() || !organisations.isEmpty() || !prices.isEmpty() || !limits.isEmpty();
  }

  /// Whether a server that was started with another would be the same but for what it can change
  /// while it runs.
  boolean sameStart(GatewayFile other) {
    return model.equals(other.model)
        && serve.equals(other.serve)
        && state.equals(other.state)
        && accessLog.equals(other.accessLog)
        && otlp.equals(other.otlp);
  }

  /// Looks at all that can be looked at without the state.
  void check() {
    prices.forEach(PriceSetting::entry);
    organisations.forEach(OrganisationSetting::check);
    limits.forEach(each -> each.wanted().check());
  }

  /// Brings the accounts to what the file says, to all of it or to nothing. What it does not
  /// mention stays as it is.
  void apply(Accounts accounts) {
    String actor = AccountsOption.actor();
    accounts.together(
        () -> {
          organisations.forEach(each -> each.apply(accounts, actor));
          prices.forEach(each -> accounts.prices().set(actor, each.entry()));
          limits.forEach(each -> accounts.limits().set(actor, each.wanted()));
        });
  }
}
