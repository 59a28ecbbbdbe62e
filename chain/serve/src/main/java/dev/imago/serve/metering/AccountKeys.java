package dev.imago.serve.metering;

import dev.imago.accounts.Account;
import dev.imago.accounts.Metering;
import dev.imago.accounts.Role;
import dev.imago.http.ApiException;
import dev.imago.http.KeyCheck;
import java.util.Optional;
import java.util.Set;

/// The keys of accounts, beside those that the server was started with.
public final class AccountKeys implements KeyCheck {
  /// The path of what is measured of all callers together.
  public static final String MEASURES = "/metrics";

  /// The paths of adapters that come and go.
  public static final String LOAD_ADAPTER = "/v1/load_lora_adapter";

  public static final String UNLOAD_ADAPTER = "/v1/unload_lora_adapter";

  /// What is of all callers together.
  private static final Set<String> OPERATORS = Set.of(MEASURES, LOAD_ADAPTER, UNLOAD_ADAPTER);

  private static final String SCHEME = "bearer ";

  /// What ids of accounts' keys begin with.
  private static final String ID = "key_";

  private final KeyCheck given;
  private final Metering metering;
  private final boolean always;

  /// @param given keys that the server was started with
  /// @param always whether a key is asked for even while no account has one
  public AccountKeys(KeyCheck given, Metering metering, boolean always) {
    this.given = given;
    this.metering = metering;
    this.always = always;
  }

  static boolean isOfAccount(String tenant) {
    return tenant.startsWith(ID);
  }

  @Override
  public boolean areAskedFor() {
    return always || given.areAskedFor() || metering.hadKeys();
  }

  @Override
  public Optional<String> named(String authorization) {
    Optional<String> own = given.named(authorization);
    if (own.isPresent() || !authorization.regionMatches(true, 0, SCHEME, 0, SCHEME.length())) {
      return own;
    }
    return metering.account(authorization.substring(SCHEME.length()).strip()).map(Account::key);
  }

  /// Asked again of what a batch sends: it comes by another path than its own.
  static void checkRoute(Account account, String path) {
    if (!account.opensRoute(path)) {
      throw ApiException.of(
          403,
          "route_not_allowed",
          "this key does not open %s; ask its owner for one that does".formatted(path));
    }
  }

  @Override
  public void checkOpens(String name, String method, String path) {
    Optional<Account> account = isOfAccount(name) ? metering.byId(name) : Optional.empty();
    if (account.isEmpty()) {
      return;
    }
    checkRoute(account.get(), path);
    checkRole(account.get().role(), method, path);
  }

  /// The least that a key's role must be for a route: an annotator's under `/label/`, where pages
  /// of labelling are served beside models, an operator's for what is of all callers together, a
  /// member's to ask, a viewer's to look.
  static Role least(String method, String path) {
    boolean looks = method.equals("GET") || method.equals("HEAD");
    if (path.startsWith("/label/")) {
      return Role.ANNOTATOR;
    }
    if (OPERATORS.contains(path)) {
      return Role.OPERATOR;
    }
    return looks ? Role.VIEWER : Role.MEMBER;
  }

  private static void checkRole(Role role, String method, String path) {
    Role least = least(method, path);
    if (role.covers(least)) {
      return;
    }
    String article = "aeiou".indexOf(least.word().charAt(0)) < 0 ? "a" : "an";
    throw ApiException.of(
        403,
        "role_not_allowed",
        "this key's role is %s, and %s %s is %s %s's: ask its owner for such a key"
            .formatted(role.word(), method, path, article, least.word()));
  }
}
