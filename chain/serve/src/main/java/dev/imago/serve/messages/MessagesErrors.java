package dev.imago.serve.messages;

import dev.imago.http.ApiException;
import dev.imago.http.ErrorForm;
import java.util.LinkedHashMap;
import java.util.Map;

/// Anthropic's form of errors.
public final class MessagesErrors {
  /// `{"type":"error","error":{"type","message"},"request_id"}`
  public static final ErrorForm FORM =
      (e, requestId) -> {
        Map<String, Object> body = body(e);
        body.put("request_id", requestId);
        return body;
      };

  private MessagesErrors() {}

  static Map<String, Object> body(ApiException e) {
    var error = new LinkedHashMap<String, Object>();
    error.put("type", type(e));
    error.put("message", String.valueOf(e.getMessage()));
    var body = new LinkedHashMap<String, Object>();
    body.put("type", "error");
    body.put("error", error);
    return body;
  }

  private static String type(ApiException e) {
    return switch (e.status()) {
      case 401 -> "authentication_error";
      case 402 -> "billing_error";
      case 403 -> "permission_error";
      case 404 -> "not_found_error";
      case 413 -> "request_too_large";
      case 429 -> "rate_limit_error";
      case 503 -> "overloaded_error";
      case 504 -> "timeout_error";
      default -> e.status() >= 500 ? "api_error" : "invalid_request_error";
    };
  }
}
