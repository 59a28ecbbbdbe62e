package dev.imago.evaluate;

import com.networknt.schema.Error;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaException;
import com.networknt.schema.SchemaLocation;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import dev.imago.core.InputException;
import java.util.List;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Whether an answer is a JSON value that a schema allows: every keyword of the draft that the
/// schema names (else 2020-12). What answers are held to while they are written, `constraints`,
/// knows fewer keywords and one order of properties; here any valid value will do.
///
/// @param file of the schema, for signatures
record SchemaCheck(String file, Schema schema) implements ResponseCheck {
  /// @param text of the schema
  /// @throws InputException for one that is broken or refers to what is not in it
  static SchemaCheck of(String file, String text) {
    try {
      JsonNode root = JsonMapper.shared().readTree(text);
      if (!root.isObject() && !root.isBoolean()) {
        throw new InputException(file + " is no JSON Schema: it is neither object, true nor false");
      }
      // Nothing is fetched: without a loader for addresses, what leads out of it is unknown.
      var schemas = SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12);
      String draft =
          root.path("$schema").asString(SpecificationVersion.DRAFT_2020_12.getDialectId());
      List<Error> wrong = schemas.getSchema(SchemaLocation.of(draft)).validate(root);
      if (!wrong.isEmpty()) {
        throw new InputException("%s is no JSON Schema: %s".formatted(file, wrong.getFirst()));
      }
      Schema schema = schemas.getSchema(root);
      schema.initializeValidators();
      return new SchemaCheck(file, schema);
    } catch (JacksonException e) {
      throw new InputException("%s is no JSON: %s".formatted(file, e.getOriginalMessage()), e);
    } catch (SchemaException e) {
      throw new InputException(
          "%s is no JSON Schema by itself (%s); nothing is fetched: put what it refers to into $defs"
              .formatted(file, e.getMessage()),
          e);
    }
  }

  @Override
  public String name() {
    return "schema";
  }

  @Override
  public String signature() {
    return "schema:" + file + "|json-schema-validator";
  }

  @Override
  public List<Optional<Finding>> of(List<CheckedAnswer> answers) {
    return answers.stream().map(this::of).toList();
  }

  private Optional<Finding> of(CheckedAnswer answer) {
    try {
      List<Error> errors = schema.validate(AnswerChecks.value(answer.text()));
      return Finding.of(errors.isEmpty(), errors.isEmpty() ? "" : errors.getFirst().toString());
    } catch (JacksonException e) {
      return Finding.of(false, e.getOriginalMessage());
    }
  }
}
