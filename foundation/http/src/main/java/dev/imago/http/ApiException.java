package dev.imago.http;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A request that gets an error for an answer, in OpenAI's form. Its message is written for the
/// client: value, bound, mend.
public final class ApiException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final int status;
  private final String type;
  private final @Nullable String param;
  private final @Nullable String code;

  private ApiException(
      int status, String message, String type, @Nullable String param, @Nullable String code) {
    super(message, null, false, false);
    this.status = status;
    this.type = type;
    this.param = param;
    this.code = code;
  }

  /// A request that cannot be, because of one of its fields.
  public static ApiException invalid(@Nullable String param, String message) {
    return new ApiException(400, message, "invalid_request_error", param, null);
  }

  public static ApiException invalid(@Nullable String param, String code, String message) {
    return new ApiException(400, message, "invalid_request_error", param, code);
  }

  public static ApiException of(int status, String code, String message) {
    String type =
        switch (status) {
          case 429 -> "rate_limit_error";
          case 500, 503 -> "server_error";
          default -> "invalid_request_error";
        };
    return new ApiException(status, message, type, null, code);
  }

  public static ApiException notFound(String param, String code, String message) {
    return new ApiException(404, message, "invalid_request_error", param, code);
  }

  public int status() {
    return status;
  }

  /// `{"error":{"message","type","param","code"}}`
  public Map<String, Object> body() {
    var error = new LinkedHashMap<String, @Nullable Object>();
    error.put("message", getMessage());
    error.put("type", type);
    error.put("param", param);
    error.put("code", code);
    return Map.of("error", error);
  }
}
