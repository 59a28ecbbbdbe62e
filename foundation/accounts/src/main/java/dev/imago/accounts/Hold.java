package dev.imago.accounts;

import java.util.List;

/// What a request that is under way may use at most, and whose it is.
///
/// @param request its id, unlike any other's
/// @param at when it came: the stretch of time that it counts in, and its price, go by that
/// @param route the pattern of its path
/// @param shares what each limit keeps for it
record Hold(
    String request,
    long at,
    String organisation,
    String team,
    String person,
    String key,
    String route,
    String model,
    TokenPrice price,
    List<Share> shares) {
  Hold {
    shares = List.copyOf(shares);
  }

  /// What one limit keeps for a request.
  ///
  /// @param begins of the stretch that it counts in
  record Share(String limit, long begins, LimitMeasure measure, long amount) {
    /// How much of it was used in the end.
    long used(TokenUse tokens, long cost) {
      return switch (measure) {
        case REQUESTS -> 1;
        case TOKENS -> tokens.input() + tokens.output();
        case ANSWERS -> 0;
        case MONEY -> cost;
      };
    }
  }

  Hold withRequest(String other) {
    return new Hold(other, at, organisation, team, person, key, route, model, price, shares);
  }
}
