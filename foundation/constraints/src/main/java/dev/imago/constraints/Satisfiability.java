package dev.imago.constraints;

import dev.imago.constraints.Formula.Term;
import dev.imago.constraints.Formula.Term.AllItems;
import dev.imago.constraints.Formula.Term.AllKeys;
import dev.imago.constraints.Formula.Term.And;
import dev.imago.constraints.Formula.Term.CountItems;
import dev.imago.constraints.Formula.Term.CountKeys;
import dev.imago.constraints.Formula.Term.ExactlyOne;
import dev.imago.constraints.Formula.Term.Later;
import dev.imago.constraints.Formula.Term.Numbers;
import dev.imago.constraints.Formula.Term.Or;
import dev.imago.constraints.Formula.Term.Strings;
import dev.imago.constraints.Formula.Term.Types;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.SequencedSet;
import java.util.Set;

/// Which values meet a condition, type by type: of scalars a regular set, of arrays and objects
/// alternatives, each a list of conditions that hold together; and whether there are any, without
/// which an answer could run into a dead end.
final class Satisfiability {
  private static final int MOST_ALTERNATIVES = 2000;
  private static final int MOST_DEPTH = 400;

  private final Formulas formulas;
  private final Work work;
  private final Map<Formula, Boolean> known = new HashMap<>();
  private final Map<Formula, Integer> active = new HashMap<>();
  private final Map<Formula, TextDfa> numbers = new HashMap<>();
  private final Map<Formula, TextDfa> strings = new HashMap<>();
  private final Map<Formula, List<List<Formula>>> arrays = new HashMap<>();
  private final Map<Formula, List<List<Formula>>> objects = new HashMap<>();

  /// References being looked through for one value: one that comes again leads to itself.
  private final Set<Term> looking = new HashSet<>();

  /// The outermost condition under way whose outcome was taken as «no» for now.
  private int assumed = Integer.MAX_VALUE;

  Satisfiability(Formulas formulas) {
    this.formulas = formulas;
    this.work = formulas.work();
  }

  Formulas formulas() {
    return formulas;
  }

  /// Counts what is looked at.
  void spend(long steps) {
    work.spend(steps);
  }

  /// Whether some value meets a condition. A value that would have to contain itself is none: what
  /// is asked again while it is being answered counts as «no», and an answer that rests on that is
  /// kept only by what is outside it.
  boolean possible(Formula formula) {
    if (formula == formulas.anything) {
      return true;
    }
    Boolean answer = known.get(formula);
    if (answer != null) {
      return answer;
    }
    Integer underWay = active.get(formula);
    if (underWay != null) {
      assumed = Math.min(assumed, underWay);
      return false;
    }
    spend(1);
    int depth = active.size();
    if (depth > MOST_DEPTH) {
      throw new ConstraintException(
          "the schema has more than %d levels inside one another".formatted(MOST_DEPTH));
    }
    int before = assumed;
    assumed = Integer.MAX_VALUE;
    active.put(formula, depth);
    boolean found;
    try {
      found = compute(formula);
    } finally {
      active.remove(formula);
    }
    boolean certain = found || assumed >= depth;
    if (certain) {
      known.put(formula, found);
      assumed = before;
    } else {
      assumed = Math.min(before, assumed);
    }
    return found;
  }

  private boolean compute(Formula formula) {
    return scalar(formula, Formula.NULL)
        || scalar(formula, Formula.TRUE)
        || scalar(formula, Formula.FALSE)
        || !numbers(formula).isEmpty()
        || !strings(formula).isEmpty()
        || arrays(formula).stream().anyMatch(a -> new ArrayShape(a, this).possible())
        || objects(formula).stream().anyMatch(o -> new ObjectShape(o, this).possible());
  }

  /// Whether no array, or no object, meets two conditions, as far as that is certain now.
  private boolean apart(Formula one, Formula other, int type) {
    int before = assumed;
    assumed = Integer.MAX_VALUE;
    boolean apart =
        !possible(formulas.and(one, other, formulas.types(type))) && assumed == Integer.MAX_VALUE;
    assumed = before;
    return apart;
  }

  private Formula resolved(Later later) {
    Formula to = later.to().formula();
    return later.negated() ? formulas.not(to) : to;
  }

  private <T> T through(Later later, java.util.function.Function<Formula, T> look) {
    if (!looking.add(later)) {
      throw new ConstraintException(
          "the reference %s leads to itself before it reaches a value"
              .formatted(later.to().name()));
    }
    if (looking.size() > MOST_DEPTH) {
      looking.remove(later);
      throw new ConstraintException(
          "the reference %s is one of more than %d that lead to one another; refer to what they mean"
              .formatted(later.to().name(), MOST_DEPTH));
    }
    try {
      return look.apply(resolved(later));
    } finally {
      looking.remove(later);
    }
  }

  /// Whether null, true or false meets a condition.
  boolean scalar(Formula formula, int type) {
    return switch (formula.term()) {
      case Types(int mask) -> (mask & type) != 0;
      case And(List<Formula> parts) -> parts.stream().allMatch(p -> scalar(p, type));
      case Or(List<Formula> parts) -> parts.stream().anyMatch(p -> scalar(p, type));
      case ExactlyOne(List<Formula> parts) ->
          parts.stream().filter(p -> scalar(p, type)).count() == 1;
      case Later later -> through(later, f -> scalar(f, type));
      case Numbers _, Strings _, AllItems _, CountItems _, AllKeys _, CountKeys _ -> true;
    };
  }

  /// The numbers that meet a condition, as plain decimals; [NumberSets#ALL] where all do.
  TextDfa numbers(Formula formula) {
    TextDfa set = numbers.get(formula);
    if (set == null) {
      set = texts(formula, Formula.NUMBER, NumberSets.ALL);
      numbers.put(formula, set);
    }
    return set;
  }

  /// The strings that meet a condition; [TextDfa#ALL] where all do.
  TextDfa strings(Formula formula) {
    TextDfa set = strings.get(formula);
    if (set == null) {
      set = texts(formula, Formula.STRING, TextDfa.ALL);
      strings.put(formula, set);
    }
    return set;
  }

  private TextDfa texts(Formula formula, int type, TextDfa all) {
    return switch (formula.term()) {
      case Types(int mask) -> (mask & type) != 0 ? all : TextDfa.NONE;
      case Numbers(TextDfa decimals) -> type == Formula.NUMBER ? decimals : all;
      case Strings(TextDfa texts) -> type == Formula.STRING ? texts : all;
      case And(List<Formula> parts) -> {
        TextDfa set = all;
        for (Formula part : parts) {
          TextDfa of = inner(part, type);
          set = set == all ? of : of == all ? set : set.and(of, work);
        }
        yield set;
      }
      case Or(List<Formula> parts) -> {
        List<TextDfa> sets = parts.stream().map(part -> inner(part, type)).toList();
        yield sets.contains(all) ? all : TextDfa.anyOf(sets, work);
      }
      case ExactlyOne(List<Formula> parts) -> {
        yield exactlyOne(parts.stream().map(part -> inner(part, type)).toList()).one;
      }
      case Later later -> through(later, f -> inner(f, type));
      case AllItems _, CountItems _, AllKeys _, CountKeys _ -> all;
    };
  }

  /// What is in one of some sets alone, and in any of them.
  private record OneAndAny(TextDfa one, TextDfa any) {}

  private OneAndAny exactlyOne(List<TextDfa> sets) {
    if (sets.size() == 1) {
      return new OneAndAny(sets.getFirst(), sets.getFirst());
    }
    OneAndAny a = exactlyOne(sets.subList(0, sets.size() / 2));
    OneAndAny b = exactlyOne(sets.subList(sets.size() / 2, sets.size()));
    return new OneAndAny(
        a.one.less(b.any, work).or(b.one.less(a.any, work), work), a.any.or(b.any, work));
  }

  private TextDfa inner(Formula formula, int type) {
    return type == Formula.NUMBER ? numbers(formula) : strings(formula);
  }

  /// The alternatives of arrays that meet a condition: each a list of conditions on arrays, sorted.
  List<List<Formula>> arrays(Formula formula) {
    List<List<Formula>> found = arrays.get(formula);
    if (found == null) {
      found = alternatives(formula, Formula.ARRAY);
      arrays.put(formula, found);
    }
    return found;
  }

  /// Those of objects.
  List<List<Formula>> objects(Formula formula) {
    List<List<Formula>> found = objects.get(formula);
    if (found == null) {
      found = alternatives(formula, Formula.OBJECT);
      objects.put(formula, found);
    }
    return found;
  }

  private List<List<Formula>> alternatives(Formula formula, int type) {
    return switch (formula.term()) {
      case Types(int mask) -> (mask & type) != 0 ? List.of(List.of()) : List.of();
      case AllItems _, CountItems _ ->
          type == Formula.ARRAY ? List.of(List.of(formula)) : List.of(List.of());
      case AllKeys _, CountKeys _ ->
          type == Formula.OBJECT ? List.of(List.of(formula)) : List.of(List.of());
      case Numbers _, Strings _ -> List.of(List.of());
      case Or(List<Formula> parts) -> {
        SequencedSet<List<Formula>> all = new LinkedHashSet<>();
        for (Formula part : parts) {
          all.addAll(innerAlternatives(part, type));
          checked(all.size());
        }
        yield all.contains(List.<Formula>of()) ? List.of(List.of()) : List.copyOf(all);
      }
      case And(List<Formula> parts) -> {
        // What has one alternative is joined once: of a thousand names each is required.
        List<Formula> certain = new ArrayList<>();
        List<List<List<Formula>>> choices = new ArrayList<>();
        for (Formula part : parts) {
          List<List<Formula>> of = innerAlternatives(part, type);
          if (of.size() == 1) {
            certain.addAll(of.getFirst());
          } else {
            choices.add(of);
          }
        }
        SequencedSet<List<Formula>> all = new LinkedHashSet<>();
        all.add(joined(List.of(), certain));
        for (List<List<Formula>> choice : choices) {
          SequencedSet<List<Formula>> joined = new LinkedHashSet<>();
          for (List<Formula> one : choice) {
            for (List<Formula> other : all) {
              joined.add(joined(one, other));
              checked(joined.size());
            }
          }
          all = joined;
        }
        yield List.copyOf(all);
      }
      case ExactlyOne(List<Formula> parts) -> {
        List<Formula> some =
            parts.stream().filter(p -> !innerAlternatives(p, type).isEmpty()).toList();
        yield switch (some.size()) {
          case 0 -> List.of();
          case 1 -> innerAlternatives(some.getFirst(), type);
          default -> innerAlternatives(unfolded(some, type), type);
        };
      }
      case Later later -> through(later, f -> innerAlternatives(f, type));
    };
  }

  /// One part and the contrary of those others that it does not exclude by itself.
  private Formula unfolded(List<Formula> parts, int type) {
    List<Formula> ways = new ArrayList<>();
    for (Formula part : parts) {
      List<Formula> way = new ArrayList<>();
      way.add(part);
      for (Formula other : parts) {
        if (other != part && !apart(part, other, type)) {
          way.add(formulas.not(other));
        }
      }
      ways.add(formulas.and(way));
    }
    return parts.size() == new HashSet<>(parts).size() ? formulas.or(ways) : twice(parts);
  }

  /// The same condition given twice is never met by one of them alone.
  private Formula twice(List<Formula> parts) {
    List<Formula> ways = new ArrayList<>();
    for (int i = 0; i < parts.size(); i++) {
      List<Formula> way = new ArrayList<>();
      for (int j = 0; j < parts.size(); j++) {
        way.add(i == j ? parts.get(j) : formulas.not(parts.get(j)));
      }
      ways.add(formulas.and(way));
    }
    return formulas.or(ways);
  }

  private List<List<Formula>> innerAlternatives(Formula formula, int type) {
    return type == Formula.ARRAY ? arrays(formula) : objects(formula);
  }

  private List<Formula> joined(List<Formula> one, List<Formula> other) {
    spend(1L + 4L * (one.size() + other.size()));
    var all = new LinkedHashSet<>(one);
    all.addAll(other);
    return all.stream().sorted(java.util.Comparator.comparingInt(Formula::id)).toList();
  }

  private static void checked(int alternatives) {
    if (alternatives > MOST_ALTERNATIVES) {
      throw new ConstraintException(
          "the schema's anyOf, oneOf, not and if make more than %,d alternatives together; put fewer of them inside one another"
              .formatted(MOST_ALTERNATIVES));
    }
  }
}
