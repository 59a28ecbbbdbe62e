package dev.imago.annotate;

import com.sun.source.tree.MethodTree;
import com.sun.source.tree.Tree;
import com.sun.source.tree.VariableTree;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/// Writes a method down as a prompt: `String.substring(int beginIndex, int endIndex) : String`.
final class Signature {
  private static final Pattern ANNOTATION = Pattern.compile("@[\\w.]+(\\([^()]*\\))?\\s*");
  private static final Pattern SPACE = Pattern.compile("\\s+");

  private Signature() {}

  /// @param enclosing the class with its enclosing ones, such as `Map.Entry`
  static String of(String enclosing, MethodTree method) {
    List<String> parameters = new ArrayList<>();
    for (VariableTree parameter : method.getParameters()) {
      parameters.add(parameter(parameter));
    }
    String list = "(" + String.join(", ", parameters) + ")";
    Tree result = method.getReturnType();
    return result == null
        ? enclosing + list
        : enclosing + "." + method.getName() + list + " : " + type(result);
  }

  private static String parameter(VariableTree parameter) {
    String type = type(parameter.getType());
    // The tree of a varargs parameter is an array; only its printed form says more.
    boolean varargs = parameter.toString().contains("... ");
    if (varargs && type.endsWith("[]")) {
      type = type.substring(0, type.length() - 2) + "...";
    }
    return type + " " + parameter.getName();
  }

  private static String type(Tree type) {
    String printed = ANNOTATION.matcher(type.toString()).replaceAll("");
    return SPACE
        .matcher(printed)
        .replaceAll(" ")
        .replace(" ,", ",")
        .replaceAll(",(\\S)", ", $1")
        .strip();
  }
}
