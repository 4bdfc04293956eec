// Reads every cell of the first sheet and adds up its numbers: nothing but the reading.
use calamine::{open_workbook, DataRef, Reader, Xlsx};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let path = std::env::args().nth(1).ok_or("name a workbook")?;
    let mut book: Xlsx<_> = open_workbook(path)?;
    let sheet = book.sheet_names()[0].clone();
    let mut cells = book.worksheet_cells_reader(&sheet)?;
    let (mut last, mut sum) = (0u32, 0f64);
    while let Some(cell) = cells.next_cell()? {
        last = last.max(cell.get_position().0); // counts from 0, which leaves the header out
        if let DataRef::Float(value) = cell.get_value() {
            sum += value;
        }
    }
    println!("rows={last}\nsum={sum}");
    Ok(())
}
