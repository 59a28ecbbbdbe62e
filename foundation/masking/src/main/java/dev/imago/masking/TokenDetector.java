package dev.imago.masking;

import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Keys by what they begin with ([TokenForm]), and JSON web tokens (RFC 7519), whose header is
/// decoded.
final class TokenDetector implements Detector {
  private static final int LONGEST_PART = 4096;
  private static final String WEB_TOKEN = "eyJ";

  /// Forms by their first character.
  private final List<List<TokenForm>> byFirst = new ArrayList<>();

  TokenDetector() {
    for (int c = 0; c < 0x80; c++) {
      byFirst.add(new ArrayList<>());
    }
    TokenForm.ALL.forEach(form -> byFirst.get(form.prefix().charAt(0)).add(form));
  }

  @Override
  public boolean anchors(char c) {
    return c < 0x80 && (!byFirst.get(c).isEmpty() || c == WEB_TOKEN.charAt(0));
  }

  @Override
  public boolean follows(char first, char second) {
    return first == WEB_TOKEN.charAt(0) && second == WEB_TOKEN.charAt(1)
        || byFirst.get(first).stream().anyMatch(form -> form.prefix().charAt(1) == second);
  }

  @Override
  public @Nullable Detection match(Sight text, int at) {
    char first = text.at(at);
    if (text.before(at) == '-') {
      return null; // in the middle of a hyphenated word
    }
    if (first == 'e') {
      return webToken(text, at);
    }
    List<TokenForm> forms = byFirst.get(first);
    for (int f = 0; f < forms.size(); f++) {
      Detection found = token(forms.get(f), text, at);
      if (found != null || text.open()) {
        return found;
      }
    }
    return null;
  }

  private static @Nullable Detection token(TokenForm form, Sight text, int at) {
    if (!text.has(at, form.prefix())) {
      return null;
    }
    int from = at + form.prefix().length();
    int i = from;
    while (i - from < form.most() && form.alphabet().has(text.at(i))) {
      i++;
    }
    boolean right = i - from >= form.least() && !Sight.alphanumeric(text.at(i));
    return right && (!form.random() || Randomness.drawn(text.text(from, i)))
        ? new Detection(PersonalKind.SECRET, at, i)
        : null;
  }

  private static @Nullable Detection webToken(Sight text, int at) {
    if (!text.has(at, WEB_TOKEN)) {
      return null;
    }
    int header = part(text, at);
    if (header - at < 12 || text.at(header) != '.' || !text.has(header + 1, WEB_TOKEN)) {
      return null;
    }
    int claims = part(text, header + 1);
    if (text.at(claims) != '.') {
      return null;
    }
    int end = part(text, claims + 1);
    return text.ends(end) && algorithm(text.text(at, header))
        ? new Detection(PersonalKind.SECRET, at, end)
        : null;
  }

  private static int part(Sight text, int from) {
    int i = from;
    while (i - from < LONGEST_PART && TokenForm.Alphabet.URL.has(text.at(i))) {
      i++;
    }
    return i;
  }

  /// Whether a header names an algorithm, as RFC 7515 §4.1.1 asks.
  private static boolean algorithm(String header) {
    try {
      byte[] json = Base64.getUrlDecoder().decode(header);
      return new String(json, java.nio.charset.StandardCharsets.UTF_8).contains("\"alg\"");
    } catch (IllegalArgumentException e) {
      return false;
    }
  }
}
