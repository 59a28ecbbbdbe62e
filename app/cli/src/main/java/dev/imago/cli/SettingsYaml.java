package dev.imago.cli;

import dev.imago.core.ConfigException;
import dev.imago.core.InputException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.dataformat.yaml.YAMLMapper;

/// A file of settings in YAML. A name that stands twice is refused: one of the two would count for
/// nothing.
final class SettingsYaml {
  private static final YAMLMapper YAML =
      YAMLMapper.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build();

  private SettingsYaml() {}

  /// @throws ConfigException for what is no YAML
  /// @throws InputException for a file that cannot be read
  static JsonNode read(Path file) {
    try {
      return YAML.readTree(Files.readString(file));
    } catch (IOException e) {
      throw new InputException(
          "%s cannot be read (%s): name a file of YAML in UTF-8".formatted(file, e), e);
    } catch (JacksonException e) {
      throw new ConfigException("%s is no YAML: %s".formatted(file, e.getOriginalMessage()), e);
    }
  }
}
