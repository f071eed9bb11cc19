package io.tracestore.provider.clickhouse.sql;

import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.HexFormat;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jooq.DataType;
import org.jooq.impl.SQLDataType;

/** The types of columns. Values of texts and ids are hexadecimal: no text can be taken for SQL. */
public final class Types {
  /** A {@code String}, or one in a dictionary. */
  public static final DataType<String> TEXT =
      type(
          String.class,
          text -> bytes(HexFormat.of().formatHex(text.getBytes(StandardCharsets.UTF_8))));

  /** A {@code FixedString(16)}. */
  public static final DataType<UUID> ID = type(UUID.class, id -> bytes(hex(id)));

  /** An array of ids. */
  public static final DataType<UUID[]> IDS = type(UUID[].class, Types::none);

  /** A {@code Map} from text to text. */
  public static final DataType<Object> PAIRS = type(Object.class, Types::none);

  /** The bytes of many ids, one after the other. */
  static final DataType<Ids> BYTES_OF_IDS = type(Ids.class, ids -> bytes(ids.hex()));

  /** Some numbers, to follow {@code IN}. */
  static final DataType<Numbers> NUMBERS = type(Numbers.class, Numbers::list);

  /** Numbers that are one value; there is at least one. */
  record Numbers(SortedSet<Long> numbers) {
    static Numbers of(Collection<? extends Number> numbers) {
      return new Numbers(
          numbers.stream().map(Number::longValue).collect(Collectors.toCollection(TreeSet::new)));
    }

    String list() {
      return numbers.stream().map(String::valueOf).collect(Collectors.joining(", ", "(", ")"));
    }
  }

  /** Ids that are one value. */
  record Ids(List<UUID> ids) {
    Ids {
      ids = List.copyOf(ids);
    }

    static Ids of(Collection<UUID> ids) {
      return new Ids(List.copyOf(ids));
    }

    String hex() {
      StringBuilder all = new StringBuilder(ids.size() * 32);
      ids.forEach(id -> all.append(Types.hex(id)));
      return all.toString();
    }
  }

  private Types() {}

  /**
   * An {@code Enum8}.
   *
   * @param <E> its values
   */
  public static <E extends Enum<E> & Label> DataType<E> enumeration(Class<E> values) {
    return type(values, value -> "'" + value.label() + "'");
  }

  private static <T> DataType<T> type(Class<T> type, Function<T, String> spelling) {
    return SQLDataType.OTHER.asConvertedDataType(new LiteralBinding<>(type, spelling));
  }

  private static String bytes(String hex) {
    return "unhex('" + hex + "')";
  }

  private static String hex(UUID id) {
    return HexFormat.of().toHexDigits(id.getMostSignificantBits())
        + HexFormat.of().toHexDigits(id.getLeastSignificantBits());
  }

  private static String none(Object value) {
    throw new IllegalArgumentException("no statement names a value of this type");
  }
}
