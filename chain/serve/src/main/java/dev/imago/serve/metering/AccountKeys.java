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
    Role role = account.get().role();
    if (OPERATORS.contains(path) && !role.covers(Role.OPERATOR)) {
      throw ApiException.of(
          403,
          "role_not_allowed",
          "this key's role is %s, and %s is an operator's: ask with the key of one"
              .formatted(role.word(), path));
    }
    boolean looks = method.equals("GET") || method.equals("HEAD");
    if (!looks && !role.covers(Role.MEMBER)) {
      throw ApiException.of(
          403,
          "role_not_allowed",
          "this key's role is %s, which looks and asks nothing; ask its owner for a member's"
              .formatted(role.word()));
    }
  }
}
