package dev.imago.cli;

import dev.imago.core.ConfigException;
import dev.imago.core.InputException;
import dev.imago.dialogue.OfferedTools;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import tools.jackson.core.JacksonException;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

/// The tools that a model may call, and whether it must.
final class ToolOptions {
  private static final TypeReference<List<LinkedHashMap<String, Object>>> LIST =
      new TypeReference<>() {};

  @Option(
      names = "--tools",
      paramLabel = "FILE",
      description =
          "With --chat: the tools that may be called, a JSON list as in the OpenAI API. A call is"
              + " printed as a line of JSON. Where one has \"strict\": true, calls fit their"
              + " schemas.")
  @Nullable Path file;

  @Option(
      names = "--tool-choice",
      paramLabel = "CHOICE",
      description =
          "With --tools: auto, none, required, or the name of the one that must be called (default:"
              + " ${DEFAULT-VALUE}).")
  private String choice = "auto";

  /// What is offered.
  ///
  /// @param tools as the OpenAI API has them; none where there are none
  /// @param mustCall those of which one must be called
  /// @param mayCall those whose calls are held to their schemas, where none must be
  record Offer(List<Map<String, Object>> tools, OfferedTools mustCall, OfferedTools mayCall) {
    static final Offer NOTHING = new Offer(List.of(), OfferedTools.NONE, OfferedTools.NONE);
  }

  /// @throws ConfigException for a choice of no tool
  /// @throws InputException for a file that holds no tools
  Offer offer() {
    if (file == null) {
      if (!choice.equals("auto")) {
        throw new ConfigException("--tool-choice is about tools; give --tools too");
      }
      return Offer.NOTHING;
    }
    List<Map<String, Object>> tools = tools(file);
    OfferedTools offered = OfferedTools.of(tools);
    return switch (choice) {
      case "auto" ->
          new Offer(
              tools, OfferedTools.NONE, OfferedTools.strict(tools) ? offered : OfferedTools.NONE);
      case "none" -> Offer.NOTHING;
      case "required" -> new Offer(tools, offered, OfferedTools.NONE);
      default -> {
        if (!offered.names().contains(choice)) {
          throw new ConfigException(
              "--tool-choice %s names no tool of %s; give auto, none, required or one of %s"
                  .formatted(choice, file, String.join(", ", offered.names())));
        }
        yield new Offer(tools, offered.only(choice), OfferedTools.NONE);
      }
    };
  }

  private static List<Map<String, Object>> tools(Path from) {
    List<LinkedHashMap<String, Object>> list;
    try {
      list = JsonMapper.shared().readValue(ConstraintOptions.text(from), LIST);
    } catch (JacksonException e) {
      throw new InputException(
          "%s is no JSON list of tools: %s".formatted(from, e.getOriginalMessage()), e);
    }
    var tools = new ArrayList<Map<String, Object>>();
    for (Map<String, Object> tool : list) {
      // A function by itself is put into its wrapping, which templates look for.
      Map<String, Object> one =
          tool.containsKey("function") ? tool : Map.of("type", "function", "function", tool);
      if (!(one.get("function") instanceof Map<?, ?> function)
          || !(function.get("name") instanceof String)) {
        throw new InputException(
            "%s: tool %d has no name; a tool is {\"type\": \"function\", \"function\": {\"name\": …, \"parameters\": …}}"
                .formatted(from, tools.size() + 1));
      }
      tools.add(one);
    }
    if (tools.isEmpty()) {
      throw new InputException("%s holds no tools; leave --tools out".formatted(from));
    }
    return tools;
  }
}
