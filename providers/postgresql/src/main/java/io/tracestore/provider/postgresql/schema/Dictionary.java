package io.tracestore.provider.postgresql.schema;

import static io.tracestore.provider.postgresql.jooq.Tables.NAMES;
import static io.tracestore.provider.postgresql.jooq.Tables.NAMES_TO_CHECK;
import static io.tracestore.provider.postgresql.sql.SqlTemplates.unnest;
import static io.tracestore.provider.postgresql.sql.SqlTemplates.unnestNumbered;
import static org.jooq.impl.DSL.condition;
import static org.jooq.impl.DSL.falseCondition;
import static org.jooq.impl.DSL.insertInto;
import static org.jooq.impl.DSL.name;
import static org.jooq.impl.DSL.not;
import static org.jooq.impl.DSL.select;
import static org.jooq.impl.DSL.with;

import io.tracestore.provider.postgresql.jooq.tables.Names;
import io.tracestore.provider.postgresql.sql.Columns;
import io.tracestore.provider.postgresql.sql.Rendered;
import io.tracestore.provider.postgresql.sql.Session;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jooq.CommonTableExpression;
import org.jooq.Field;
import org.jooq.Record1;
import org.jooq.Record2;
import org.jooq.SelectConditionStep;
import org.jooq.SelectOnConditionStep;
import org.jooq.impl.SQLDataType;

/**
 * The numbers of names in the table {@code names}. Each is read in the transaction that uses it,
 * even if the process remembers it, so that after a fail-over, a restore, or the removal of a name
 * nothing is written under the number of another name.
 */
public final class Dictionary {
  private static final Names N = NAMES.as("n");
  private static final Field<Short> KIND = Columns.of("wanted", N.KIND);
  private static final Field<byte[]> DIGEST = Columns.of("wanted", N.DIGEST);
  private static final Field<String> NAME = Columns.of("wanted", N.NAME);
  private static final Field<Long> PLACE = Columns.of("wanted", "place", SQLDataType.BIGINT);

  private static final Rendered FIND = Rendered.of(find());

  // In one order everywhere, so that two who add the same names do not wait for each other.
  private static final CommonTableExpression<Record1<Integer>> ADDED =
      name("added")
          .as(
              insertInto(N, N.KIND, N.DIGEST, N.NAME)
                  .select(
                      select(KIND, DIGEST, NAME)
                          .from(unnest("wanted", KIND, DIGEST, NAME))
                          .orderBy(DIGEST, KIND))
                  .onConflict(N.DIGEST, N.KIND)
                  .doUpdate()
                  .set(N.UNUSED, falseCondition())
                  .where(condition(N.UNUSED))
                  .returningResult(N.NAME_ID));

  // The writes that need these names may be refused, or never come.
  private static final Rendered ADD =
      Rendered.of(
          with(ADDED)
              .insertInto(NAMES_TO_CHECK, NAMES_TO_CHECK.NAME_ID)
              .select(select(Columns.of("added", N.NAME_ID)).from(ADDED)));

  /** How many parameters {@link #findInUse} has. */
  public static final int PARAMETERS = 2;

  private Dictionary() {}

  private static SelectOnConditionStep<Record2<Integer, Long>> find() {
    return select(N.NAME_ID, PLACE)
        .from(unnestNumbered("wanted", PLACE, KIND, DIGEST))
        .join(N)
        .on(N.DIGEST.eq(DIGEST), N.KIND.eq(KIND));
  }

  /**
   * Finds names in use. A name that is about to be removed is found only if it was taken into use
   * again.
   */
  public static SelectConditionStep<Record2<Integer, Long>> findInUse() {
    return find().where(not(N.UNUSED));
  }

  /** The number of a name, if it has one: without one, nothing has the name. */
  public static Optional<Integer> find(Session session, Name name) throws SQLException {
    try (PreparedStatement statement = session.prepare(FIND)) {
      List<Name> wanted = List.of(name);
      bind(session, statement, 1, wanted);
      return Optional.ofNullable(read(statement, wanted).get(name));
    }
  }

  /** All names of a kind that may be in use. */
  public static List<String> all(Session session, Name.Kind kind) throws SQLException {
    return session.list(
        select(N.NAME).from(N).where(N.KIND.eq(kind.code())),
        row -> EscapedText.unescape(row.getString(1)));
  }

  /** Sets the two parameters of {@link #findInUse}, from {@code first} on. */
  public static void bind(Session session, PreparedStatement statement, int first, List<Name> names)
      throws SQLException {
    statement.setArray(first, kinds(session, names));
    statement.setArray(first + 1, digests(session, names));
  }

  private static Map<Name, Integer> read(PreparedStatement statement, List<Name> names)
      throws SQLException {
    try (ResultSet rows = statement.executeQuery()) {
      return read(rows, names);
    }
  }

  /** The numbers that {@link #findInUse} found. */
  public static Map<Name, Integer> read(ResultSet rows, List<Name> names) throws SQLException {
    Map<Name, Integer> numbers = HashMap.newHashMap(names.size());
    while (rows.next()) {
      numbers.put(names.get(rows.getInt(2) - 1), rows.getInt(1));
    }
    return numbers;
  }

  /**
   * Gives numbers to names that have none, or that are about to be removed. It is a transaction of
   * its own: others who need the same name wait for it, and it must not wait for anything else.
   */
  public static void add(Session session, Collection<Name> names) throws SQLException {
    List<Name> all = List.copyOf(Set.copyOf(names));
    try (PreparedStatement statement = session.prepare(ADD)) {
      bind(session, statement, 1, all);
      statement.setArray(
          3,
          session.array(
              "text", all.stream().map(name -> EscapedText.escape(name.text())).toArray()));
      statement.executeUpdate();
    }
  }

  private static java.sql.Array kinds(Session session, List<Name> names) throws SQLException {
    return session.array(
        "int2", names.stream().map(name -> name.kind().code()).toArray(Short[]::new));
  }

  private static java.sql.Array digests(Session session, List<Name> names) throws SQLException {
    return session.array("bytea", names.stream().map(Name::digest).toArray(byte[][]::new));
  }
}
