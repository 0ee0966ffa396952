/// A dense matrix stored row by row.
pub struct Matrix {
    rows: usize,
    columns: usize,
    values: Vec<f64>,
}

impl Matrix {
    /// The matrix with rows and columns exchanged.
    pub fn transpose(&self) -> Matrix {
        let mut values = Vec::with_capacity(self.values.len());
        for column in 0..self.columns {
            for row in 0..self.rows {
                values.push(self.values[row * self.columns + column]);
            }
        }
        Matrix { rows: self.columns, columns: self.rows, values }
    }
}
