package dev.imago.http;

import java.util.Map;

/// How an API tells its errors: the JSON of one.
@FunctionalInterface
public interface ErrorForm {
  /// `{"error":{"message","type","param","code"}}`
  ErrorForm OPENAI = (e, _) -> e.body();

  /// @param requestId by which the client may ask after its request
  Map<String, Object> body(ApiException e, String requestId);

  /// Which form the errors of a path have, also of one that is no route.
  @FunctionalInterface
  interface OfPath {
    ErrorForm form(String path);
  }
}
