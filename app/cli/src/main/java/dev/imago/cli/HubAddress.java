package dev.imago.cli;

import dev.imago.core.ConfigException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// What stands on a hub: `hf:OWNER/NAME@REVISION`, or `hf:datasets/OWNER/NAME@REVISION`.
///
/// @param dataset whether it is a data set, not a model
/// @param name `OWNER/NAME`; of the oldest models `NAME` alone
/// @param revision a branch, a tag or a commit
record HubAddress(boolean dataset, String name, String revision) {
  private static final String SCHEME = "hf:";
  private static final String PART = "[A-Za-z0-9][A-Za-z0-9._-]*";
  private static final Pattern FORM =
      Pattern.compile(
          "hf:(datasets/)?(%s(?:/%s)?)(?:@([A-Za-z0-9][A-Za-z0-9._/-]*))?".formatted(PART, PART));

  /// Whether a text means a hub, and no path.
  static boolean isOne(String text) {
    return text.startsWith(SCHEME);
  }

  /// @throws ConfigException for another form
  static HubAddress parse(String text) {
    Matcher matcher = FORM.matcher(text);
    if (!matcher.matches() || text.contains("..")) {
      throw new ConfigException(
          "%s is no address on a hub: hf:OWNER/NAME, hf:OWNER/NAME@REVISION or hf:datasets/OWNER/NAME"
              .formatted(text));
    }
    String revision = matcher.group(3);
    return new HubAddress(
        matcher.group(1) != null, matcher.group(2), revision == null ? "main" : revision);
  }

  /// The same at a commit, which never changes.
  String at(String commit) {
    return SCHEME + (dataset ? "datasets/" : "") + name + "@" + commit;
  }

  /// Where the hub tells of a revision.
  String information() {
    return "/api/%s/%s/revision/%s"
        .formatted(dataset ? "datasets" : "models", name, encoded(revision));
  }

  /// Where a commit's file is.
  String file(String commit, String file) {
    return "/%s%s/resolve/%s/%s"
        .formatted(
            dataset ? "datasets/" : "", name, encoded(commit), encoded(file).replace("%2F", "/"));
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
  }

  @Override
  public String toString() {
    return at(revision);
  }
}
