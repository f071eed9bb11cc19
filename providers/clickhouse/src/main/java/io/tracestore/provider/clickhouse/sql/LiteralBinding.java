package io.tracestore.provider.clickhouse.sql;

import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.util.function.Function;
import org.jooq.BindingGetResultSetContext;
import org.jooq.BindingSQLContext;
import org.jooq.BindingSetStatementContext;
import org.jooq.Converter;
import org.jooq.impl.AbstractBinding;

/**
 * Spells the values of one type in SQL. All values of statements go through it: the server takes no
 * bind values as a driver knows them.
 *
 * @param <T> the type
 */
final class LiteralBinding<T> extends AbstractBinding<Object, T> {
  private static final long serialVersionUID = 1;

  private final Class<T> type;
  private final transient Function<T, String> spelling;

  LiteralBinding(Class<T> type, Function<T, String> spelling) {
    this.type = type;
    this.spelling = spelling;
  }

  @Override
  public Converter<Object, T> converter() {
    return Converter.ofNullable(Object.class, type, type::cast, value -> value);
  }

  @Override
  protected void sqlInline(BindingSQLContext<T> context) {
    context.render().sql(spelling.apply(context.value()));
  }

  @Override
  public void set(BindingSetStatementContext<T> context) throws SQLException {
    throw new SQLFeatureNotSupportedException("values are spelled, not bound");
  }

  @Override
  public void get(BindingGetResultSetContext<T> context) throws SQLException {
    throw new SQLFeatureNotSupportedException("answers are not read by jOOQ");
  }
}
